import { forbidden } from '../api-error.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';

const CLASSES = 'priorityclasses.scheduling.k8s.io';
/** What a pod has without any class. */
const NONE = { value: 0, preemptionPolicy: 'PreemptLowerPriority' };

/**
 * The admission plugin Priority: a new pod's priority and preemption policy are those of its class, and nobody else's.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/plugin/pkg/admission/priority/admission.go
 */
export function withPriority(cluster: ControlPlane, pod: KubeObject): KubeObject {
  const name = pod.metadata.name ?? pod.metadata.generateName;
  const { priorityClassName: asked, priority: given, preemptionPolicy: policy } = pod.spec;
  const found = asked ? cluster.store.get({ resource: CLASSES, name: asked }) : undefined;
  if (asked && found === undefined) throw forbidden('pods', name, `no PriorityClass with name ${asked} was found`);
  const priorityClass = found ?? globalDefault(cluster) ?? NONE;
  const { value, preemptionPolicy, metadata } = priorityClass;
  const refuse = (what: string, computed: unknown): never => {
    const why = `must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`;
    throw forbidden('pods', name, `the ${what} ${why}`);
  };
  if ((given ?? value) !== value) refuse(`integer value of priority (${given})`, value);
  if ((policy ?? preemptionPolicy) !== preemptionPolicy)
    refuse(`string value of PreemptionPolicy (${policy})`, preemptionPolicy);
  const priorityClassName = metadata?.name;
  return {
    ...pod,
    spec: { ...pod.spec, ...(priorityClassName && { priorityClassName }), priority: value, preemptionPolicy },
  };
}

/** An update that leaves them out keeps them. */
export function keepPriority(pod: KubeObject, current: KubeObject): KubeObject {
  const { priority, preemptionPolicy } = current.spec;
  if (pod.spec.priority !== undefined && pod.spec.preemptionPolicy !== undefined) return pod;
  return { ...pod, spec: { priority, preemptionPolicy, ...pod.spec } };
}

/** The lowest, should there be several. */
const globalDefault = (cluster: ControlPlane): KubeObject | undefined =>
  cluster.store
    .list(CLASSES)
    .filter((each) => each.globalDefault === true)
    .sort((a, b) => a.value - b.value)[0];
