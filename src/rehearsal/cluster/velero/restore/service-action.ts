import type { KubeObject } from '../../host.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A Service gets a new address, and new node ports unless they were asked for by hand or are to be preserved. Its
 * type stays: a restored LoadBalancer makes a load balancer.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/actions/service_action.go
 */
export function resetService(object: KubeObject, preserveNodePorts: boolean): KubeObject {
  const { clusterIP, clusterIPs: _ips, ...spec } = object.spec;
  if (clusterIP === 'None') {
    spec.clusterIP = 'None';
    spec.clusterIPs = object.spec.clusterIPs;
  }
  if (preserveNodePorts || spec.type === 'ExternalName') return { ...object, spec };
  const applied = JSON.parse(object.metadata.annotations?.[LAST_APPLIED] ?? '{}');
  const explicit = explicitPorts(applied, object.metadata.managedFields ?? []);
  const ports = spec.ports?.map((port: KubeObject) => {
    if (explicit(port)) return port;
    const { nodePort: _port, ...rest } = port;
    return rest;
  });
  if (!applied.spec?.healthCheckNodePort && !managesHealthCheck(object.metadata.managedFields ?? []))
    delete spec.healthCheckNodePort;
  return { ...object, spec: { ...spec, ...(ports && { ports }) } };
}

function explicitPorts(applied: KubeObject, managed: KubeObject[]): (port: KubeObject) => boolean {
  if (applied.spec !== undefined) {
    const chosen = (applied.spec.ports ?? []).filter((port: KubeObject) => Number(port.nodePort) > 0);
    return ({ name, nodePort }) =>
      chosen.some((port: KubeObject) =>
        port.name === undefined && !name ? Number(port.nodePort) === nodePort : port.name === name,
      );
  }
  const keys = new Set<string>();
  for (const { fieldsV1 } of managed)
    for (const [key, fields] of Object.entries<KubeObject>(fieldsV1?.['f:spec']?.['f:ports'] ?? {}))
      if (fields['f:nodePort'] !== undefined) keys.add(key);
  return ({ port, protocol }) => keys.has(`k:{"port":${port},"protocol":"${protocol}"}`);
}

const managesHealthCheck = (managed: KubeObject[]): boolean =>
  managed.some(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:healthCheckNodePort'] !== undefined);
