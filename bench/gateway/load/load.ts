import { underLoad, type LoadJob } from './requests.ts';
import { toSubscribers, type SubscribersJob } from './subscribers.ts';

/** The load, in a process of its own: takes one job after the other from its parent, and ends with it. */
process.on('message', (job: Job) => {
  const measured = job.kind === 'requests' ? underLoad(job) : toSubscribers(job);
  measured.then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ fault: error instanceof Error ? error.message : String(error) }),
  );
});
process.once('disconnect', () => process.exit());
process.send?.({ ready: true });

export type Job = LoadJob | SubscribersJob;
