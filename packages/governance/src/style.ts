import graphqlPlugin from '@graphql-eslint/eslint-plugin';
import { ESLint, type Linter } from 'eslint';
import { buildSchema } from 'graphql';
import { elementsByPlace } from './elements-by-place.ts';
import type { Finding } from './finding.ts';
import type { SubgraphText } from './ownership.ts';
import { elementAt } from './schema-coordinates.ts';
import type { StyleException } from './style-exceptions.ts';
import { STYLE_RULES } from './style-rules.ts';

/**
 * Names, descriptions, pages and nullability, by @graphql-eslint and rules of our own. `apiSdl` is what all subgraphs
 * declare together. Exceptions that nothing needs any more are warned of.
 */
export async function checkStyle(
  subgraphs: readonly SubgraphText[],
  apiSdl: string,
  exceptions: readonly StyleException[],
): Promise<Finding[]> {
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ['**/*.graphql'],
        plugins: { graphql: graphqlPlugin as never, takt: { rules: STYLE_RULES as never } },
        languageOptions: { parser: graphqlPlugin.parser, parserOptions: { schemaSdl: apiSdl } },
        rules: CONFIGURATION,
      },
    ],
  });
  const api = buildSchema(apiSdl);
  const used = new Set<StyleException>();
  const findings: Finding[] = [];
  for (const { name, sdl } of subgraphs) {
    const elementIn = elementsByPlace(sdl);
    const [result] = await eslint.lintText(sdl, { filePath: `${name}.graphql` });
    for (const { ruleId, message, line, column } of result?.messages ?? []) {
      const element = elementIn(line, column);
      // Of what several subgraphs declare, one says for all of them what it is.
      if (ruleId === DESCRIPTIONS && elementAt(api, element)?.description != null) continue;
      const exception = exceptions.find((each) => each.rule === ruleId && each.element === element);
      if (exception) used.add(exception);
      else findings.push(finding(`${name}.graphql:${line}`, `${element}: ${message.replace(/\.$/, '')}`, ruleId));
    }
  }
  const idle = exceptions.filter((exception) => !used.has(exception));
  return [
    ...findings,
    ...idle.map(({ rule, element }): Finding => ({
      ...finding(`rules.yml`, `${element} needs no exception from ${rule} any more`, rule),
      severity: 'warning',
      whatToDo: 'Take it out of schema/rules.yml.',
    })),
  ];
}

function finding(where: string, message: string, rule: string | null): Finding {
  const whatToDo = `Change it, or say in schema/rules.yml why ${rule ?? 'the rule'} does not hold for it.`;
  return { check: 'style', severity: 'error', where, message, whatToDo };
}

const DESCRIPTIONS = 'graphql/require-description';

const ROOT = 'ObjectTypeDefinition[name.value=/^(Query|Mutation|Subscription)$/]';

/** Their names or types say what they are. */
const PLAIN_ARGUMENTS = '/^(input|filter|orderBy|id|code|sku|first|after)$/';

const CONFIGURATION: Linter.RulesRecord = {
  'graphql/naming-convention': [
    'error',
    {
      types: 'PascalCase',
      FieldDefinition: 'camelCase',
      InputValueDefinition: 'camelCase',
      // Types of canonical events are named as the events are.
      'EnumValueDefinition[parent.name.value=/EventType$/]': 'PascalCase',
      'EnumValueDefinition[parent.name.value!=/EventType$/]': 'UPPER_CASE',
    },
  ],
  [DESCRIPTIONS]: [
    'error',
    {
      types: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      ignoredSelectors: [
        'ObjectTypeDefinition[name.value=/(^Query|^Mutation|^Subscription|Connection|Edge)$/]',
        'UnionTypeDefinition[name.value=/Result$/]',
        `FieldDefinition:not(${ROOT} > FieldDefinition)`,
        `InputValueDefinition:not(${ROOT} > FieldDefinition > InputValueDefinition)`,
        `InputValueDefinition[name.value=${PLAIN_ARGUMENTS}]`,
      ],
    },
  ],
  'graphql/no-hashtag-description': 'error',
  'graphql/no-typename-prefix': 'error',
  'graphql/relay-connection-types': 'error',
  'graphql/relay-edge-types': ['error', { shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
  'graphql/relay-arguments': ['error', { includeBoth: false }],
  'graphql/relay-page-info': 'error',
  'takt/lists-without-nulls': 'error',
  'takt/ids-are-there': 'error',
  'takt/mutations-have-one-form': 'error',
  'takt/commands-are-tagged': 'error',
  'takt/subscriptions-resume': 'error',
};
