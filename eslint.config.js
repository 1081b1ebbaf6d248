import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/generated/', '**/dist/', '.takt/', '.turbo/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // type-graphql's resolvers and abstract value types are classes without state of their own.
      '@typescript-eslint/no-extraneous-class': 'off',
      // GraphQL's object types are classes for the decorators' sake; resolvers answer plain objects of their shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Absent and undefined are the same to every reader of ours; `== null` says both.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    // A noun file is pure: whoever reads it learns the domain and nothing else.
    files: ['subgraphs/*/src/**/*.ts'],
    ignores: [
      'subgraphs/*/src/{schema,resolvers,store,live,domain,main,index,exchange}.ts',
      'subgraphs/*/src/{schema,resolvers,store,live}/**',
      'subgraphs/*/src/**/*-{schema,resolvers,store,live,follower,exchange}.ts',
      '**/*.{test,fixture}.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', 'graphql*', 'type-graphql', 'dataloader', '@apollo/*'],
              message: 'A noun file does no I/O and knows no GraphQL.',
            },
            {
              group: ['@takt/subgraph-server', '@takt/document-store', '@takt/event-log'],
              allowTypeImports: true,
              importNamePattern: '^(?!CAUSES$)',
              message: 'A noun file does no I/O.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['connectors/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['graphql*', 'type-graphql', '@apollo/*', '@takt/gateway', '@takt/subgraph-server'],
              message: 'Connectors know no GraphQL.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.{test,fixture}.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  { files: ['**/*.js'], languageOptions: { globals: { process: 'readonly' } } },
);
