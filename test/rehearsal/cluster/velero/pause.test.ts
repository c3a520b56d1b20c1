import { expect, it } from '@jest/globals';
import { installVelero } from '../../../../src/rehearsal/cluster/velero/velero.ts';
import { pod, podSpec, Rig, readyOf } from '../rig.ts';

it('runs for ever when its image is told to pause, and ends when it is told something else', async () => {
  const rig = new Rig({ autoMode: false, nodes: 1 });
  installVelero(rig.cluster);
  const told = (name: string, mode: string) =>
    pod(
      name,
      podSpec({ restartPolicy: 'Never' }, { image: 'velero/velero:v1.18.2', command: ['/velero-helper', mode] }),
    );
  rig.create(told('still', 'pause'), told('lost', 'run'));
  await rig.pass(3600);
  expect(readyOf(rig.pods()).map((each) => each.metadata.name)).toEqual(['still']);
  expect(rig.get('pods', 'lost', 'default').status.phase).toBe('Failed');
});
