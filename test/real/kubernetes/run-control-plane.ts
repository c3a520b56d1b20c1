import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { liveWires } from '../../../src/gateways/live-wires.ts';
import { makeHome } from '../home.ts';

/**
 * One control plane: etcd, kube-apiserver and kube-controller-manager, at free ports of 127.0.0.1. Says how to reach it
 * in a line of JSON when it is ready, and ends with its standard input, so also when whoever started it is killed.
 *
 *     node run-control-plane.ts DIRECTORY-OF-PROGRAMS
 */
const [, , programs = ''] = process.argv;
const STARTED_WITHIN_MS = 60_000;
/** They want nodes' kubelets or a cloud. */
const WITHOUT = ['node-lifecycle', 'node-ipam', 'node-route', 'service-lb', 'cloud-node-lifecycle'];

const home = makeHome('lifeboat-control-plane-');
const children: ChildProcess[] = [];

process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end);
process.stdin.on('end', end).on('error', end).resume();
run().then(
  (address) => process.stdout.write(`${JSON.stringify(address)}\n`),
  (error: unknown) => {
    process.stderr.write(`${error}\n`);
    end();
  },
);

function end(): never {
  for (const child of children) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}

async function run() {
  const [client, peer, secure] = await freePorts(3);
  const files = { token: join(home, 'token.csv'), key: join(home, 'accounts.key'), config: join(home, 'config.json') };
  const token = randomBytes(16).toString('hex');
  writeFileSync(files.token, `${token},admin,admin,system:masters\n`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(files.key, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const endpoint = `https://127.0.0.1:${secure}`;
  start('etcd', etcd(client, peer));
  start('kube-apiserver', apiServer(`http://127.0.0.1:${client}`, secure, files));
  // It makes its own certificate; the file has the authority's after the server's.
  const certificate = await until(
    () => existsSync(crt()) && readFileSync(crt(), 'utf8').split('-----BEGIN').length > 2,
  );
  const certificateAuthority = Buffer.from(certificate ? readFileSync(crt()) : '').toString('base64');
  writeFileSync(files.config, kubeconfig(endpoint, token));
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const request = { method: 'GET', url: `${endpoint}${path}`, headers, timeoutMs: 2000, certificateAuthority };
    return (await liveWires.send(request).catch(() => ({ status: 0 }))).status === 200;
  };
  await until(() => get('/readyz'));
  start('kube-controller-manager', controllerManager(files));
  await until(() => get('/api/v1/namespaces/default/serviceaccounts/default'));
  return { endpoint, token, certificateAuthority, home };
}

function etcd(client: number, peer: number): string[] {
  const [clients, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    ...['--data-dir', join(home, 'etcd'), '--unsafe-no-fsync', '--initial-cluster', `default=${peers}`],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
  ];
}

function apiServer(etcdUrl: string, port: number, { token, key }: { token: string; key: string }): string[] {
  return [
    ...['--etcd-servers', etcdUrl, '--secure-port', `${port}`, '--cert-dir', join(home, 'certificates')],
    ...['--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1', '--endpoint-reconciler-type', 'none'],
    ...['--token-auth-file', token, '--authorization-mode', 'RBAC', '--service-cluster-ip-range', '10.100.0.0/16'],
    ...['--service-account-issuer', 'https://kubernetes.default.svc'],
    ...['--service-account-key-file', key, '--service-account-signing-key-file', key],
  ];
}

function controllerManager({ key, config }: { key: string; config: string }): string[] {
  return [
    ...['--kubeconfig', config, '--leader-elect=false', '--secure-port', '0', '--root-ca-file', crt()],
    ...['--service-account-private-key-file', key],
    ...['--controllers', ['*', ...WITHOUT.map((name) => `-${name}-controller`)].join(',')],
  ];
}

function crt(): string {
  return join(home, 'certificates', 'apiserver.crt');
}

function kubeconfig(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster: { server, 'certificate-authority': crt() } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'admin' } }],
    'current-context': 'here',
  });
}

/** Its child ends with this process even when that is killed. A child that ends before is the end of all. */
function start(program: string, flags: string[]): void {
  const log = join(home, `${program}.log`);
  const file = openSync(log, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', join(programs, program), ...flags], {
    stdio: ['ignore', file, file],
  });
  const ended = (why: unknown): void => {
    process.stderr.write(`${program} ended with ${why}:\n${readFileSync(log, 'utf8').slice(-3000)}\n`);
    end();
  };
  child.on('error', ended).on('exit', ended);
  children.push(child);
}

async function until(holds: () => boolean | Promise<boolean>): Promise<true> {
  for (const begun = performance.now(); performance.now() - begun < STARTED_WITHIN_MS; await pause(50))
    if (await holds()) return true;
  throw new Error(`the control plane did not start within ${STARTED_WITHIN_MS / 1000} s`);
}

/** Ports that nobody listens at now; all are held until the last is found, so that they differ. */
async function freePorts(many: number): Promise<[number, number, number]> {
  const servers = Array.from({ length: many }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number, number];
}
