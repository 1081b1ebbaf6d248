import type { CloudEvent } from '@takt/event-log';
import { requestSchedule } from './request-schedule.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Leaves scheduling to a frePPLe instance: it is told the open demand, as a command through its connector. It has master
 * data, stock and forecasts of its own, and orders as they were revised here; what it plans comes back with its next
 * export, as reports. Where nobody is waiting for a delivery there is nothing to hand over, and nothing is sent.
 */
export function freppleScheduler(system: string, enqueue: (command: CloudEvent) => Promise<void>): Scheduler {
  return {
    async propose(problem, signal) {
      signal.throwIfAborted();
      const isAsked = problem.units.some(({ facts }) => facts.customerOrders.some(({ status }) => status === 'OPEN'));
      if (isAsked) await enqueue(requestSchedule(problem));
      return { kind: 'HANDED_OVER', to: system };
    },
  };
}
