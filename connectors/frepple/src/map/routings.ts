import { decimal } from '@takt/quantity';
import { isOpenEnd } from '../field-types.ts';
import type { FixtureRecord } from '../record-set.ts';
import type { ImportRun, MessageData } from './import-run.ts';
import { present } from './import-run.ts';
import { isContainer, isOutput, perUnit } from './plant.ts';

type Operation = FixtureRecord<'input.operation'>;
type OperationMaterial = FixtureRecord<'input.operationmaterial'>;
type Step = MessageData<'RoutingReported'>['operations'][number];
type Line = MessageData<'BillOfMaterialReported'>['lines'][number];

/** Routings with their operations, and what these consume and yield. */
export function mapRoutings(run: ImportRun): void {
  const { plant } = run;
  for (const operation of plant.records.all('input.operation')) {
    const isStep = plant.ownerOf(operation) !== undefined && !isContainer(operation);
    if (!isStep) mapRouting(run, operation);
    if (plant.routingOf(operation) === operation) mapBillOfMaterial(run, operation);
  }
}

function mapRouting(run: ImportRun, operation: Operation): void {
  const { plant } = run;
  const steps = isContainer(operation) ? plant.childrenOf(operation) : [operation];
  const location = plant.locationOf(operation);
  const resources = [...new Set([operation, ...steps])].flatMap((each) => plant.resourcesOf(each));
  if (location === undefined) {
    for (const record of [operation, ...steps, ...resources]) run.leaveOut(record, 'its location is not told');
    return;
  }
  const { name, type, priority, sizeminimum, sizemultiple, sizemaximum } = operation.values;
  const sku = plant.productOf(operation);
  const kind: MessageData<'RoutingReported'>['kind'] =
    type === 'routing' ? 'SEQUENCE' : isContainer(operation) ? 'ALTERNATES' : 'SINGLE';
  if (type === 'split') run.leaveOutField(operation, 'type');
  if (kind !== 'SINGLE') leaveOutOwnWork(run, operation);
  const sequences = sequencesOf(steps);
  const data = {
    id: name,
    name,
    sku,
    location,
    kind,
    priority,
    lotSizeMinimum: plant.quantityOf(sku ?? '', sizeminimum),
    lotSizeMultiple: plant.quantityOf(sku ?? '', sizemultiple),
    lotSizeMaximum: plant.quantityOf(sku ?? '', sizemaximum),
    operations: steps.map((step, index) => stepOf(run, step, sequences[index] ?? index)),
  };
  const ownSteps = steps.filter((step) => !isContainer(step) || step === operation);
  const from = [...new Set([operation, ...ownSteps])];
  run.report('RoutingReported', present(data), [...from, ...ownSteps.flatMap((step) => plant.resourcesOf(step))]);
  for (const step of ownSteps) if (step !== operation) leaveOutLotSizes(run, step);
}

function stepOf(run: ImportRun, step: Operation, sequence: number): Step {
  const { name, category, subcategory, duration, duration_per } = step.values;
  return present({
    id: name,
    sequence,
    name,
    category,
    subcategory,
    fixedSeconds: duration,
    secondsPerUnit: duration_per,
    workCenters: run.plant
      .resourcesOf(step)
      .map(({ values: { resource, quantity = '1', skill, priority } }) =>
        present({ code: resource, quantity, skill, priority }),
      ),
  });
}

/** The priorities where they tell the steps apart; else the places in their order. */
function sequencesOf(steps: readonly Operation[]): readonly number[] {
  const priorities = steps.map(({ values }) => values.priority ?? 1);
  const isTelling = new Set(priorities).size === steps.length && priorities.every((priority) => priority >= 0);
  return isTelling ? priorities : steps.map((_step, index) => index + 1);
}

/** A container's own duration and resources have no operation that could carry them. */
function leaveOutOwnWork(run: ImportRun, container: Operation): void {
  const { duration = '0', duration_per = '0', category, subcategory } = container.values;
  if (duration !== '0') run.leaveOutField(container, 'duration');
  if (duration_per !== '0') run.leaveOutField(container, 'duration_per');
  if (category !== undefined) run.leaveOutField(container, 'category');
  if (subcategory !== undefined) run.leaveOutField(container, 'subcategory');
  for (const resource of run.plant.resourcesOf(container))
    run.leaveOut(resource, 'it loads a routing or alternate as a whole');
}

/** frePPLe assumes 1 for the minimum. */
function leaveOutLotSizes(run: ImportRun, step: Operation): void {
  for (const field of ['sizeminimum', 'sizemultiple', 'sizemaximum'] as const) {
    if ((step.values[field] ?? '1') !== '1') run.leaveOutField(step, field);
  }
}

function mapBillOfMaterial(run: ImportRun, routing: Operation): void {
  const { plant } = run;
  const steps = routing.values.type === 'routing' ? [routing, ...plant.childrenOf(routing)] : [routing];
  const materials = steps.flatMap((step) => plant.materialsOf(step));
  const location = plant.locationOf(routing);
  const [anyMaterial] = materials;
  if (anyMaterial === undefined) return;
  const sku = plant.productOf(routing);
  if (location === undefined) {
    for (const material of materials) run.leaveOut(material, 'the location of its operation is not told');
    return;
  }
  const outputs = materials.filter(isOutput);
  const ownOutput = outputs.find(({ values }) => values.item === sku);
  const owner = plant.ownerOf(routing);
  const { name } = routing.values;
  const data = {
    id: name,
    ...present({ sku }),
    location,
    version: '1',
    routing: isContainer(routing) ? name : (owner?.values.name ?? name),
    baseQuantity: plant.quantityOf(
      sku ?? anyMaterial.values.item,
      ownOutput === undefined || perUnit(ownOutput) === '0' ? '1' : perUnit(ownOutput),
    ),
    lines: linesOf(run, steps),
    outputs: outputs.map((output) => ({
      sku: output.values.item,
      quantity: plant.quantityOf(output.values.item, amountOf(run, output).value),
      operation: output.values.operation,
    })),
  };
  run.report('BillOfMaterialReported', data, materials);
  for (const material of materials) leaveOutTiming(run, material, location);
}

function linesOf(run: ImportRun, steps: readonly Operation[]): Line[] {
  return steps
    .flatMap((step) => run.plant.consumedBy(step))
    .flatMap(([first, ...others], index) => {
      if (first === undefined) return [];
      const { item, operation, name = '', effective_start, effective_end } = first.values;
      const { value, fixed } = amountOf(run, first);
      const substitutes = others.map((other) => ({
        component: other.values.item,
        group: name,
        priority: other.values.priority ?? 1,
        ratio: run.exact(other, 'quantity', () => ratio(amountOf(run, other).value, value)) ?? '1',
        approvalNeeded: false,
      }));
      const line = {
        position: (index + 1) * 10,
        component: item,
        quantity: run.plant.quantityOf(item, value),
        fixed: fixed || undefined,
        operation,
        effectiveFrom: isOpenEnd(effective_start) ? undefined : effective_start?.slice(0, 10),
        effectiveTo: isOpenEnd(effective_end) ? undefined : effective_end?.slice(0, 10),
        substitutes: substitutes.length === 0 ? undefined : substitutes,
      };
      return [present(line)];
    });
}

/** Without its sign: whether a material goes in or comes out is told by where it stands. */
function amountOf(run: ImportRun, material: OperationMaterial): { readonly value: string; readonly fixed: boolean } {
  const { type, quantity_fixed = '0' } = material.values;
  const each = perUnit(material);
  const isFixed = each === '0' && quantity_fixed !== '0';
  if (each !== '0' && quantity_fixed !== '0') run.leaveOutField(material, 'quantity_fixed');
  const value = isFixed ? quantity_fixed : each;
  return {
    value: value.startsWith('-') ? value.slice(1) : value,
    fixed: isFixed || type === 'fixed_start' || type === 'fixed_end',
  };
}

/** As precise as a double: the quotient of two decimals need not terminate. */
function ratio(substitute: string, replaced: string): string {
  return Number(replaced) === 0 ? '1' : decimal(Number(substitute) / Number(replaced));
}

/** The graph consumes at an operation's start and yields at its end, at the operation's location. */
function leaveOutTiming(run: ImportRun, material: OperationMaterial, location: string): void {
  const { type, location: own = location, name, effective_start, effective_end } = material.values;
  const usual = isOutput(material) ? ['end', 'fixed_end'] : ['start', 'fixed_start'];
  if (type !== undefined && !usual.includes(type)) run.leaveOutField(material, 'type');
  if (own !== location) run.leaveOutField(material, 'location');
  if (!isOutput(material)) return;
  if (type === 'fixed_end') run.leaveOutField(material, 'type');
  if (perUnit(material) === '0') run.leaveOutField(material, 'quantity_fixed');
  if (name !== undefined) run.leaveOutField(material, 'name');
  if (!isOpenEnd(effective_start)) run.leaveOutField(material, 'effective_start');
  if (!isOpenEnd(effective_end)) run.leaveOutField(material, 'effective_end');
}
