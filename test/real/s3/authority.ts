import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CONFIGURATION = '[req]\ndistinguished_name=name\n[name]\n';
/** Between them, the shell makes files of variables that are pipes: no key ever lies on a disk, to be left behind. */
const SELF_SIGNED = 'openssl req -x509 -days 30 -config <(printf %s "$CONFIGURATION") -key <(printf %s "$KEY")';
const SIGNED = `${SELF_SIGNED} -CA <(printf %s "$AUTHORITY") -CAkey <(printf %s "$AUTHORITY_KEY")`;

/** All of it in PEM. */
export type Authority = { certificate: string; certify(host: string): Promise<{ key: string; cert: string }> };

/** An authority of its own, which is known to nobody, and certifies any host. */
export async function makeAuthority(): Promise<Authority> {
  const authorityKey = newKey();
  const certificate = await openssl(SELF_SIGNED, { KEY: authorityKey }, 'Lifeboat test authority', [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign',
  ]);
  const key = newKey();
  const signedBy = { KEY: key, AUTHORITY: certificate, AUTHORITY_KEY: authorityKey };
  const certify: Authority['certify'] = async (host) => ({
    key,
    cert: await openssl(SIGNED, signedBy, 'Lifeboat test server', [
      `subjectAltName=DNS:${host}`,
      'extendedKeyUsage=serverAuth',
    ]),
  });
  return { certificate, certify };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function openssl(
  command: string,
  variables: Record<string, string>,
  name: string,
  extensions: string[],
): Promise<string> {
  const env = { PATH: process.env.PATH, CONFIGURATION, ...variables };
  const parameters = ['-subj', `/CN=${name}`, ...extensions.flatMap((extension) => ['-addext', extension])];
  const { stdout } = await run('bash', ['-c', `${command} "$@"`, 'bash', ...parameters], { env });
  return stdout;
}
