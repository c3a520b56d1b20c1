import type { KubeObject } from '../../host.ts';
import type { Agent } from './agent.ts';

export const FINALIZER = 'velero.io/data-upload-download-finalizer';
export const EXPOSING = 'velero.io/expose-on-going';

export const phaseOf = ({ status }: KubeObject): string => status?.phase || 'New';

export const isFinal = (movement: KubeObject): boolean =>
  ['Completed', 'Failed', 'Canceled'].includes(phaseOf(movement));

/** Another data mover's are left to it. */
export const isBuiltIn = ({ spec }: KubeObject): boolean => !spec.datamover || spec.datamover === 'velero';

/** Changes the status of a movement as it is now, and some of its labels: one that is undefined goes. */
export function setStatus(
  { store }: Agent,
  { metadata }: KubeObject,
  status: KubeObject,
  labels: Record<string, string | undefined> = {},
): void {
  const current = store.byUid(metadata.uid);
  if (current === undefined) return;
  const all = Object.entries({ ...current.metadata.labels, ...labels }).filter(([, value]) => value !== undefined);
  store.update({
    ...current,
    metadata: { ...current.metadata, labels: Object.fromEntries(all) },
    status: { ...current.status, ...status },
  });
}

/** One that has ended stays as it ended. */
export function end(agent: Agent, movement: KubeObject, phase: string, message: string | undefined): void {
  const current = agent.store.byUid(movement.metadata.uid);
  if (current === undefined || isFinal(current)) return;
  const now = agent.store.timestamp();
  const startTimestamp = current.status?.startTimestamp ?? now;
  const status = { phase, startTimestamp, completionTimestamp: now, ...(message && { message }) };
  setStatus(agent, current, status, { [EXPOSING]: undefined });
  record(agent, movement, phase, message ?? current.status?.message);
}

export function record({ cluster }: Agent, { kind, metadata }: KubeObject, phase: string, why?: string): void {
  cluster.host.record('velero', { [kind]: metadata.name, phase, why });
}

export function cancel({ store }: Agent, { metadata }: KubeObject, message: string): void {
  const current = store.byUid(metadata.uid);
  if (current === undefined || current.spec.cancel || isFinal(current)) return;
  store.update({ ...current, spec: { ...current.spec, cancel: true }, status: { ...current.status, message } });
}

export function guard({ store }: Agent, { metadata }: KubeObject, change: (finalizers: string[]) => string[]): void {
  const current = store.byUid(metadata.uid);
  if (current === undefined) return;
  const { finalizers: before = [], ...rest } = current.metadata;
  const finalizers = change(before);
  store.update({ ...current, metadata: { ...rest, ...(finalizers.length > 0 && { finalizers }) } });
}
