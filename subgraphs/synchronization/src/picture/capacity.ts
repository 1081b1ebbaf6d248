import type { WorkCenterCapacity } from '@takt/production-orders/contract';
import type { WorkCenterFacts } from './picture.ts';

/** What bounds the work of a work center. */
export function capacityOf({ workCenter, calendar, capacityCalendar }: WorkCenterFacts): WorkCenterCapacity {
  const { timeZone, capacity, efficiencyPercent, shifts } = workCenter;
  return {
    timeZone,
    capacity,
    ...(efficiencyPercent !== undefined && { efficiencyPercent }),
    ...(shifts && { shifts }),
    ...(calendar && { calendar }),
    ...(capacityCalendar && { capacityCalendar }),
  };
}
