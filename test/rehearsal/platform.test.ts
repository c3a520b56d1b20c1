import { describe, expect, it } from '@jest/globals';
import { BadInput } from '../../src/rehearsal/bad-input.ts';
import { platformOf, withManifests } from '../../src/rehearsal/platform.ts';
import { parseScenario } from '../../src/rehearsal/scenario.ts';
import { scenarioNamed } from '../scenarios/scene.ts';

const { plan, planInput } = scenarioNamed('region-loss');
const platform = platformOf(plan, planInput, undefined);

function scenario(manifests: string) {
  const parsed = parseScenario(`name: x\nmanifests: ${manifests}`, 'x.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.scenario;
}

const map = (namespace: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: a, namespace: ${namespace} } }`;

describe("a scenario's manifests", () => {
  it('come beside the platform, in its namespaces or in their own', () => {
    const own = '{ apiVersion: v1, kind: Namespace, metadata: { name: shed } }';
    const { objects } = withManifests(platform, scenario(`[${map('grafana')}, ${own}, ${map('shed')}]`));
    expect(objects).toHaveLength(platform.objects.length + 3);
    expect(withManifests(platform, scenario('[]'))).toBe(platform);
  });

  it('in a namespace that is nowhere are refused by name', () => {
    const lost = () => withManifests(platform, scenario(`[${map('grafana')}, ${map('shed')}]`));
    expect(lost).toThrow(BadInput);
    expect(lost).toThrow('scenario x: manifests.1: ConfigMap a: the platform has no namespace shed');
  });
});
