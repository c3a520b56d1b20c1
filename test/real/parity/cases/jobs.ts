import { cronJob, job, path, podNames, report } from '../objects.ts';
import { at, type Case, conditions } from '../seen.ts';
import { once, pods, read } from '../watching.ts';

const DOCS = 'https://kubernetes.io/docs/concepts/workloads/controllers/';

export const jobs: Case[] = [
  {
    title: 'a Job is complete when its pod has succeeded',
    source: `${DOCS}job/`,
    ask: async (place) => {
      await place.api.create(job('a', place));
      const [name = ''] = await pods(place, 1);
      const { body } = await place.request('GET', path(place, 'v1', 'pods', name));
      const active = await once(place, 'batch/v1', 'Job', ({ status }) => status?.active === 1);
      await report(place, name, 'Succeeded');
      const done = await once(place, 'batch/v1', 'Job', (found) =>
        conditions(found).some((each) => each.startsWith('Complete True')),
      );
      return [
        Object.keys(body.metadata.labels).sort(),
        at(active.status, 'active', 'succeeded', 'failed'),
        at(done.status, 'active', 'succeeded', 'failed'),
        conditions(done),
        [typeof done.status.startTime, typeof done.status.completionTime],
      ];
    },
  },
  {
    title: 'a Job has failed when its pods failed too often',
    source: `${DOCS}job/#pod-backoff-failure-policy`,
    ask: async (place) => {
      await place.api.create(job('a', place, { backoffLimit: 0 }));
      const [name = ''] = await pods(place, 1);
      await report(place, name, 'Failed');
      const done = await once(place, 'batch/v1', 'Job', (found) =>
        conditions(found).some((each) => each.startsWith('Failed True')),
      );
      return [at(done.status, 'active', 'succeeded', 'failed'), conditions(done)];
    },
  },
  {
    title: 'a suspended Job makes no pod until it is resumed',
    source: `${DOCS}job/#suspending-a-job`,
    ask: async (place) => {
      await place.api.create(job('a', place, { suspend: true }));
      const held = await once(place, 'batch/v1', 'Job', (found) => conditions(found).length > 0);
      const none = await podNames(place);
      await place.request('PATCH', path(place, 'batch/v1', 'jobs', 'a'), { spec: { suspend: false } });
      await pods(place, 1);
      const resumed = await once(place, 'batch/v1', 'Job', ({ status }) => status?.active === 1);
      return [none, conditions(held), conditions(resumed)];
    },
  },
  {
    title: 'a suspended CronJob makes no Job',
    source: `${DOCS}cron-jobs/#schedule-suspension`,
    ask: async (place) => {
      await place.api.create(cronJob('a', place, { suspend: true, schedule: '* * * * *' }));
      return [
        (await place.api.list('batch/v1', 'Job', { namespace: place.namespace })).length,
        at(await read(place, 'batch/v1', 'CronJob'), 'spec.suspend', 'status.lastScheduleTime'),
      ];
    },
  },
];
