import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateEncrypt,
  sign,
  verify,
} from 'node:crypto';
import { NotSimulated } from '../kernel/not-simulated.ts';
import { AwsError } from './aws-error.ts';
import { TEST_RSA_KEYS } from './kms-test-keys.ts';

/** What an asymmetric key does. Signatures are real, and the same every time. */
export type Signer = {
  algorithms: string[];
  publicKey: KeyObject;
  sign(message: Uint8Array, digest: boolean): Uint8Array;
  verify(message: Uint8Array, digest: boolean, signature: Uint8Array): boolean;
};

const made = new Map<string, Signer>();

/** The key of a seed, which keys that cannot be derived from one tell by `ordinal` instead; made once per process. */
export function signerFor(keySpec: string, seed: string, ordinal: number): Signer {
  const name = `${keySpec}/${keySpec === 'RSA_2048' ? ordinal % TEST_RSA_KEYS.length : seed}`;
  const signer = made.get(name) ?? newSigner(keySpec, seed, ordinal);
  made.set(name, signer);
  return signer;
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
function newSigner(keySpec: string, seed: string, ordinal: number): Signer {
  if (keySpec === 'RSA_2048') return rsa(ordinal);
  if (keySpec === 'ECC_NIST_P256') return p256(seed);
  if (keySpec === 'ECC_NIST_EDWARDS25519') return ed25519(seed);
  throw new NotSimulated(`a KMS key of spec ${keySpec}`);
}

const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();

/** The digest's algorithm before the digest: RFC 8017, 9.2, note 1. */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function rsa(ordinal: number): Signer {
  const text = TEST_RSA_KEYS[ordinal % TEST_RSA_KEYS.length] ?? TEST_RSA_KEYS[0];
  const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key);
  const signer = (message: Uint8Array, digest: boolean): Uint8Array =>
    digest ? privateEncrypt(key, Buffer.concat([SHA256_PREFIX, message])) : sign('sha256', message, key);
  return {
    algorithms: ['RSASSA_PKCS1_V1_5_SHA_256'],
    publicKey,
    sign: signer,
    verify: (message, digest, signature) => Buffer.from(signer(message, digest)).equals(signature),
  };
}

function ed25519(seed: string): Signer {
  // RFC 8410: a private key is its 32 bytes after this prefix.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha256(seed)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key);
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
  const refuseDigest = (digest: boolean): void => {
    if (digest) throw new AwsError('ValidationException', 'ED25519_SHA_512 takes MessageType RAW only');
  };
  return {
    algorithms: ['ED25519_SHA_512'],
    publicKey,
    sign: (message, digest) => {
      refuseDigest(digest);
      return sign(null, message, key);
    },
    verify: (message, digest, signature) => {
      refuseDigest(digest);
      return verify(null, message, publicKey, signature);
    },
  };
}

/** The order of the group of P-256 (SEC 2, 2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

/** ECDSA with the nonce of RFC 6979: KMS draws it, a rehearsal must not. */
function p256(seed: string): Signer {
  const secret = (numberOf(sha256(seed)) % (ORDER - 1n)) + 1n;
  // RFC 5480: the prefix of a P-256 public key before its uncompressed point.
  const prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
  const publicKey = createPublicKey({ key: Buffer.concat([prefix, multiply(secret)]), format: 'der', type: 'spki' });
  const signer = (message: Uint8Array, digest: boolean): Uint8Array => {
    const hashed = digest ? Buffer.from(message) : sha256(message);
    const nonce = nonceOf(secret, hashed);
    const r = numberOf(multiply(nonce).subarray(1, 33)) % ORDER;
    const s = (inverse(nonce) * ((numberOf(hashed) + r * secret) % ORDER)) % ORDER;
    return derOf(r, s);
  };
  return {
    algorithms: ['ECDSA_SHA_256'],
    publicKey,
    sign: signer,
    verify: (message, digest, signature) =>
      digest ? Buffer.from(signer(message, true)).equals(signature) : verify('sha256', message, publicKey, signature),
  };
}

function multiply(scalar: bigint): Buffer {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(bytesOf(scalar));
  return curve.getPublicKey();
}

/** RFC 6979, 3.2, with SHA-256; its retry for a candidate out of range has a chance of 2^-32. */
function nonceOf(secret: bigint, hashed: Buffer): bigint {
  const hmac = (key: Buffer, ...parts: Buffer[]): Buffer =>
    createHmac('sha256', key).update(Buffer.concat(parts)).digest();
  const message = Buffer.concat([bytesOf(secret), bytesOf(numberOf(hashed) % ORDER)]);
  let value: Buffer = Buffer.alloc(32, 1);
  let key: Buffer = Buffer.alloc(32, 0);
  for (const mark of [0, 1]) {
    key = hmac(key, value, Buffer.from([mark]), message);
    value = hmac(key, value);
  }
  for (;;) {
    value = hmac(key, value);
    const candidate = numberOf(value);
    if (candidate > 0n && candidate < ORDER) return candidate;
    key = hmac(key, value, Buffer.from([0]));
    value = hmac(key, value);
  }
}

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value, ORDER, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % ORDER) + ORDER) % ORDER;
}

/** RFC 3279, 2.2.3: a sequence of two integers. */
function derOf(r: bigint, s: bigint): Buffer {
  const integers = [r, s].map((value) => {
    const hex = value.toString(16);
    const even = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    const body = (even[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), even]) : even;
    return Buffer.concat([Buffer.from([2, body.length]), body]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
