import { describe, expect, it } from '@jest/globals';
import { platformOf } from '../../src/rehearsal/platform.ts';
import { rehearseAssembly } from '../../src/rehearsal/rehearse.ts';
import type { Twin } from '../../src/rehearsal/twin.ts';
import { scenarioNamed, synthesizedFor } from './scene.ts';

/** Some minutes after the first object has been late for a quarter of an hour. */
const ENDS_AT_SECONDS = 20 * 60;

describe('replication that is late', () => {
  it('is told beside the primary, and heard in the control region', async () => {
    const options = scenarioNamed('replication-stall');
    const scenario = { ...options.scenario, endsAt: ENDS_AT_SECONDS };
    const platform = platformOf(options.plan, options.planInput, undefined);
    let twin: Twin | undefined;
    await rehearseAssembly(platform, synthesizedFor('replication-stall'), { ...options, scenario, seed: 1 }, (seen) => {
      twin = seen;
    });
    const forwarded = twin?.invocations.of('forward-replication-trouble') ?? [];
    expect(forwarded.length).toBeGreaterThan(0);
    for (const { output } of forwarded) expect(output).toEqual({ forwarded: 1 });
    const details = twin?.invocations.of('judge-recovery-point').map(({ input }) => input.detail) ?? [];
    expect(details).toContainEqual(
      expect.objectContaining({
        bucket: options.plan.stores.backups.bucket,
        key: expect.stringMatching(/^velero\//),
        versionId: expect.any(String),
        event: 's3:Replication:OperationMissedThreshold',
      }),
    );
  }, 60_000);
});
