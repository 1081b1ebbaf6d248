import { IntakeBusyError, IntakeUnavailableError, type Intake } from '@takt/intake';
import type { Changes } from './changes.ts';
import { DoorClosedError, remoteIntake, type DoorAddress } from './intake-door.ts';
import type { Time } from './time.ts';

/** Where messages go: to the process that writes, which may be this one. */
export interface Whereabouts {
  /** The intake of this process while it writes. */
  local(): Intake | undefined;
  /** The door of the other process that writes, as far as is known. */
  holder(): DoorAddress | undefined;
  readonly changes: Changes;
}

/** How long a call waits for somebody who writes. */
const WAIT_MS = 5_000;
const POLL_MS = 250;
/** Messages that may be on their way to the writer, or wait for one; a call is taken whatever its size when none is. */
const MAX_UNDER_WAY = 10_000;

/**
 * Sends messages to whoever writes. A call that breaks in the middle is sent again to the next one: what the first had
 * stored is recognised by its id. Throws {@link IntakeUnavailableError} if there is none for 5 s, and
 * {@link IntakeBusyError} if too many messages are under way.
 */
export function forwardingIntake(whereabouts: Whereabouts, time: Time): Intake {
  let underWay = 0;
  const send = sending(whereabouts, time);
  return {
    async receive(messages) {
      if (underWay > 0 && underWay + messages.length > MAX_UNDER_WAY) throw new IntakeBusyError(underWay);
      underWay += messages.length;
      try {
        return await send.receive(messages);
      } finally {
        underWay -= messages.length;
      }
    },
  };
}

function sending(whereabouts: Whereabouts, time: Time): Intake {
  return {
    async receive(messages) {
      let deadline: number | undefined;
      for (;;) {
        const local = whereabouts.local();
        const holder = whereabouts.holder();
        try {
          if (local) return await local.receive(messages);
          if (holder)
            return await whileThere(whereabouts, holder, (signal) => remoteIntake(holder, signal).receive(messages));
        } catch (error) {
          const isOver = local ? whereabouts.local() !== local : error instanceof DoorClosedError;
          if (!isOver) throw error;
        }
        deadline ??= time.now() + WAIT_MS;
        if (time.now() >= deadline) {
          throw new IntakeUnavailableError('No process writes for this domain at the moment.');
        }
        await whereabouts.changes.next(time, POLL_MS);
      }
    },
  };
}

/** Gives up a call as soon as somebody else writes: the one that it went to may never answer. */
async function whileThere<Result>(
  whereabouts: Whereabouts,
  { url }: DoorAddress,
  call: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const gone = new AbortController();
  const stop = whereabouts.changes.listen(() => {
    if (whereabouts.holder()?.url !== url) gone.abort();
  });
  try {
    return await call(gone.signal);
  } finally {
    stop();
  }
}
