import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { VELERO } from '../velero/module.ts';
import type { Api } from './api.ts';

const MODULE = 'github.com/kubernetes-csi/external-snapshotter/client/v8';
const GROUP = 'snapshot.storage.k8s.io';

/** The directory with the definitions of the kinds, as their makers ship them, in the version that Velero is built with. */
export function snapshotDefinitions(): string {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '-mod=readonly' };
  const { stdout, stderr } = spawnSync('nice', ['go', 'mod', 'download', '-json', MODULE], {
    ...{ cwd: VELERO.folder, env, encoding: 'utf8' },
  });
  const { Dir: directory, Error: error } = stdout?.startsWith('{') ? JSON.parse(stdout) : { Error: stderr };
  if (directory === undefined) throw new Error(`the kinds of snapshots cannot be had: ${error}`);
  return join(directory, 'config', 'crd');
}

/** The snapshot controller and a cluster's snapshots begin with these. */
export async function defineSnapshots(api: Api, definitions: string): Promise<void> {
  for (const file of readdirSync(definitions).filter((name) => name.startsWith(`${GROUP}_`))) {
    const definition: KubeObject = parse(readFileSync(join(definitions, file), 'utf8'));
    await api.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  }
}
