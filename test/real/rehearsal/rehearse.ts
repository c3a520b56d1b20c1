import { readAssembly } from '../../../src/rehearsal/assembly/assembly.ts';
import { platformOf, withManifests } from '../../../src/rehearsal/platform.ts';
import { rehearseIn } from '../../../src/rehearsal/rehearse.ts';
import type { Rehearse } from '../../../src/rehearsal/rehearse-options.ts';
import type { Rehearsal } from '../../../src/rehearsal/result.ts';
import { synthesized } from '../../../src/rehearsal/synthesized.ts';
import { KUBERNETES } from '../kubernetes/module.ts';
import { VELERO } from '../velero/module.ts';
import { fitting } from './install.ts';
import { compareObjects, objectsOf } from './objects.ts';
import { startRealParts } from './parts.ts';
import { refuseUnfit } from './refusals.ts';
import { type RealScene, setTheRealScene } from './scene.ts';
import { compareVolumes } from './volume-comparison.ts';

const REAL = `${KUBERNETES.title}, ${VELERO.title}, and S3 by moto were real; the twin answered for the rest.`;

const tell = (what: string): void => void process.stderr.write(`${what}\n`);

/**
 * Runs one scenario through the deployed artifacts, in real time: Kubernetes, Velero and S3 are real, the twin answers
 * for the rest. What came back is then compared with what was lost, object by object and byte by byte.
 */
export const rehearse: Rehearse = async (options) => {
  const wallStart = performance.now();
  const own = withManifests(platformOf(options.plan, options.planInput, options.workloads), options.scenario);
  const { plan, input } = own;
  refuseUnfit(plan, options.scenario);
  const fit = fitting(own);
  const platform = { ...own, ...fit, said: [...fit.said, REAL] };
  const assembly = options.assembly === undefined ? synthesized(plan, input) : readAssembly(options.assembly);
  tell('starting two clusters and an object store');
  const parts = await startRealParts(plan);
  try {
    const scene = await setTheRealScene(platform, assembly, options, parts, tell);
    const before = await objectsOf(scene.primary.api, plan);
    const rehearsal = await rehearseIn(scene.setting, platform, options, wallStart);
    rehearsal.time = 'real';
    if (rehearsal.summary.outcome === 'recovered') {
      await scene.standby.view.look();
      const after = await objectsOf(scene.standby.api, plan);
      judge(rehearsal, scene, compareObjects(before, after), before.size);
    }
    return rehearsal;
  } finally {
    await parts.stop();
  }
};

function judge(rehearsal: Rehearsal, { primary, standby, setting }: RealScene, problems: string[], many: number): void {
  const moments = new Map(rehearsal.recoveryPoints.filter(({ chosen }) => chosen).map((one) => [one.name, one.moment]));
  const pointOf = new Map(rehearsal.summary.stores.map(({ store, recoveryPoint }) => [store, recoveryPoint]));
  const volumes = compareVolumes(primary, standby, (namespace) => moments.get(pointOf.get(namespace) ?? ''));
  rehearsal.notes.unshift(
    `${many - problems.length} of ${many} objects and ${volumes.equal} of ${volumes.equal + volumes.problems.length} volumes came back as they were in ${setting.twin.plan.sites.primary.region}, compared byte by byte.`,
  );
  const all = [...problems, ...volumes.problems];
  if (all.length === 0) return;
  rehearsal.problems.push(...all);
  rehearsal.summary.expected = false;
}
