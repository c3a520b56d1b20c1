import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { Api } from './api.ts';
import { contentOf, fieldOf } from './projected-files.ts';

/** The first address of `--service-cluster-ip-range`, which the API server's certificate names. */
export const API_SERVER = { address: '10.100.0.1', port: 443 };
/** The way to S3, the only one out of a pod. */
export const PROXY = { address: '127.0.0.1', port: 3128 };

/**
 * A container's environment: its own, and what a cluster adds. The credentials stand for EKS Pod Identity's, the proxy for
 * the network: moto does not ask who calls.
 */
export async function environmentOf(
  api: Api,
  pod: KubeObject,
  container: KubeObject,
  region: string,
): Promise<Record<string, string>> {
  if (container.envFrom?.length > 0) throw new Error('envFrom is not simulated');
  const own: [string, string][] = [];
  for (const variable of container.env ?? []) {
    const value = await readVariable(api, pod, variable);
    if (value !== undefined) own.push([variable.name, value]);
  }
  const { address, port } = API_SERVER;
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    HOSTNAME: pod.metadata?.name ?? '',
    KUBERNETES_SERVICE_HOST: address,
    KUBERNETES_SERVICE_PORT: `${port}`,
    HTTPS_PROXY: `http://${PROXY.address}:${PROXY.port}`,
    NO_PROXY: address,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'pod',
    AWS_SECRET_ACCESS_KEY: 'identity',
    ...Object.fromEntries(own),
  };
}

async function readVariable(
  api: Api,
  pod: KubeObject,
  { name, value, valueFrom }: KubeObject,
): Promise<string | undefined> {
  if (valueFrom === undefined) return value ?? '';
  if (valueFrom.fieldRef !== undefined) return fieldOf(pod, valueFrom.fieldRef.fieldPath);
  const [resource, ref] =
    valueFrom.secretKeyRef === undefined
      ? ['configmaps', valueFrom.configMapKeyRef]
      : ['secrets', valueFrom.secretKeyRef];
  if (ref === undefined) throw new Error(`where the variable ${name} is from is not simulated`);
  const found = (await contentOf(api, pod, resource, ref.name))?.[ref.key];
  if (found === undefined && ref.optional !== true)
    throw new Error(`there is no ${ref.key} of ${ref.name} in ${resource}`);
  return found?.toString();
}
