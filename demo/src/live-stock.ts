import type { StockMovement } from './contracts.ts';
import type { Beat, Move } from './live-beat.ts';
import type { LivePlant, LivePosition } from './live-plant.ts';
import { amount } from './messages.ts';

/**
 * One goods movement, or two: issues while there is more than usual, receipts while there is less. An issue that is refused
 * because less is there than believed is followed by a receipt, so that a beat always changes some stock.
 */
export function* moveStock({ positions }: LivePlant, beat: Beat): Generator<Move> {
  const movements = beat.random.chance(0.3) ? 2 : 1;
  for (let index = 0; index < movements && positions.length > 0; index++) {
    const position = beat.random.pick(positions);
    let refused = false;
    if (position.level > position.usual * beat.random.between(0.4, 1.4)) {
      yield issue(position, beat, (applied) => {
        refused = !applied;
      });
      if (!refused) continue;
      position.level = 0;
    }
    yield receipt(position, beat);
  }
}

/** What an order brought out goes to stock, in the plant's own lot if the item has lots. */
export function receive(
  { positions }: LivePlant,
  beat: Beat,
  goods: {
    readonly sku: string;
    readonly location: string;
    readonly unit: string;
    readonly pieces: number;
    readonly order: string;
  },
): Move {
  const { sku, location, unit, pieces, order } = goods;
  const position = positions.find((each) => each.sku === sku && each.location === location);
  return movement(position ?? { sku, location, unit, usual: pieces, level: 0 }, beat, 'RECEIPT', pieces, {
    reference: order,
  });
}

/** What an order takes from stock; undefined if the plant does not follow that stock, or believes that there is not enough. */
export function withdraw(
  { positions }: LivePlant,
  beat: Beat,
  goods: { readonly sku: string; readonly location: string; readonly units: number; readonly order: string },
): Move | undefined {
  const { sku, location, units, order } = goods;
  const position = positions.find((each) => each.sku === sku && each.location === location);
  if (!position || units <= 0 || position.level < units) return undefined;
  return movement(position, beat, 'ISSUE', units, { reference: order });
}

function issue(position: LivePosition, beat: Beat, settled: (applied: boolean) => void): Move {
  const part = Math.min(position.level, position.usual * beat.random.between(0.02, 0.12));
  const move = movement(position, beat, 'ISSUE', Math.max(1, part));
  return {
    ...move,
    settle: (applied) => {
      move.settle?.(applied);
      settled(applied);
    },
  };
}

function receipt(position: LivePosition, beat: Beat): Move {
  return movement(position, beat, 'RECEIPT', Math.max(1, position.usual * beat.random.between(0.05, 0.3)));
}

function movement(
  position: LivePosition,
  beat: Beat,
  type: 'ISSUE' | 'RECEIPT',
  units: number,
  more: Pick<StockMovement, 'reference'> = {},
): Move {
  const { sku, location, lot, unit } = position;
  const quantity = amount(units, unit);
  const data: StockMovement = {
    document: beat.document('MD'),
    line: 1,
    type,
    sku,
    location,
    ...(lot === undefined ? {} : { lot }),
    status: 'UNRESTRICTED',
    quantity,
    ...more,
  };
  return {
    domain: 'inventory',
    message: beat.message('wms', 'StockMoved', data),
    settle: (applied) => {
      if (applied) position.level += (type === 'ISSUE' ? -1 : 1) * Number(quantity.value);
    },
  };
}
