import { describe, expect, it } from '@jest/globals';
import { played } from './played.ts';

describe('a failover', () => {
  it('in which all goes well ends recovered, its placeholders taken away before the last restore', async () => {
    const { outcome, called, told } = await played('failover');
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { ending: 'recovered' } });
    expect(called.lastIndexOf('ReserveCapacity release')).toBeLessThan(called.lastIndexOf('RestoreTier'));
    expect(told('RestoreTier')).toMatchObject({ part: 'admission' });
  });

  it('tells people why, as it raises the epoch', async () => {
    const { told } = await played('failover');
    expect(told('RaiseEpoch')).toMatchObject({ reason: 'control says down, witness says down' });
  });

  it('hides strays by what its choice of points rests on', async () => {
    const { told } = await played('failover');
    expect(told('HideStrays').restsOn).toEqual([
      { repository: 'velero/kopia/orders/', backup: 'critical-5m-20260301042500' },
    ]);
  });

  it.each(['CheckImages', 'HideStrays', 'ReserveCapacity release'])(
    'goes on to the end without %s, on which nothing depends',
    async (name) => {
      const { outcome, called } = await played('failover', { [name]: 'KubernetesRefused' });
      expect(called).toContain(name);
      expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { ending: 'recovered' } });
    },
  );

  it('goes on without a fence that could not be started, and says so in its report', async () => {
    const { outcome, told } = await played('failover', { Fence: 'StepFunctions.AccessDeniedException' });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(told('FinishRun').reason).toBe(
      'control says down, witness says down; THE FENCE COULD NOT BE STARTED: StepFunctions.AccessDeniedException',
    );
  });

  it('takes a fence that runs already for its own', async () => {
    const { told } = await played('failover', { Fence: 'StepFunctions.ExecutionAlreadyExistsException' });
    expect(told('FinishRun').reason).toBe('control says down, witness says down');
  });

  it('whose recovery breaks takes its placeholders away, and then tells what failed', async () => {
    // A Map that is given no list fails as a whole, past every tier's own Catch.
    const choice = { kind: 'proceed', points: 'none', reason: '', restsOn: [], considered: [], approval: {} };
    const { outcome, called, told } = await played('failover', { ChooseRecoveryPoints: choice });
    expect(outcome.status).toBe('FAILED');
    expect(called.slice(-2)).toEqual(['ReserveCapacity release', 'FinishRun']);
    expect(told('FinishRun')).toMatchObject({ ending: 'failed', failure: { error: expect.any(String) } });
  });

  it('ends failed, by the name of the error, when its preparation does, and leaves no placeholder behind', async () => {
    const { outcome, called } = await played('failover', { SyncBackups: 'BackupNotSynced' });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'BackupNotSynced' });
    expect(called.slice(-2)).toEqual(['ReserveCapacity release', 'FinishRun']);
  });
});

describe('protect', () => {
  it('ends well when both sites are as the plan says', async () => {
    expect((await played('protect')).outcome.status).toBe('SUCCEEDED');
  });

  it.each(['primary', 'standby'])(
    'ends with the error of the %s, once the other site has been seen to',
    async (site) => {
      const { outcome, called } = await played('protect', { [`ProtectCluster ${site}`]: 'VeleroNotReady' });
      expect(outcome).toMatchObject({ status: 'FAILED', error: 'VeleroNotReady' });
      expect(outcome).toMatchObject({
        cause: expect.stringMatching(new RegExp(`^${site}: .*why ProtectCluster failed`)),
      });
      expect(called.filter((name) => name === 'ProtectCluster')).toHaveLength(2);
      if (site === 'standby') expect(called).toContain('CapturePrimary');
    },
  );

  it('ends with the error of the capture when that fails', async () => {
    const { outcome } = await played('protect', { CapturePrimary: 'KubernetesAccessDenied' });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'KubernetesAccessDenied' });
  });

  it('ends with the error of the primary when neither site is right', async () => {
    const { outcome } = await played('protect', { ProtectCluster: 'ClusterNotReady' });
    expect(outcome).toMatchObject({ error: 'ClusterNotReady', cause: expect.stringMatching(/^primary: /) });
  });
});
