import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { allow, asRole, CoreTwin, roleNamed } from './core-twin.ts';

const key = (KeySpec: string, KeyPolicy?: unknown) => ({
  Type: 'AWS::KMS::Key',
  Properties: { KeySpec, KeyUsage: 'SIGN_VERIFY', ...(KeyPolicy === undefined ? {} : { KeyPolicy }) },
});
const alias = { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/seal', TargetKeyId: { Ref: 'Key' } } };
const MESSAGE = new TextEncoder().encode('what is signed');
const ALGORITHMS: [string, string][] = [
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256'],
  ['ECC_NIST_P256', 'ECDSA_SHA_256'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'],
];

const deployed = (spec: string, policy?: unknown): CoreTwin => {
  const twin = new CoreTwin();
  twin.deploy({
    Key: key(spec, policy),
    Alias: alias,
    Role: roleNamed('signer', 'lambda.amazonaws.com', allow('kms:Sign')),
  });
  return twin;
};
const sign = (twin: CoreTwin, SigningAlgorithm: string, more: Record<string, unknown> = {}, as?: string) =>
  twin.call(
    'kms',
    'Sign',
    { KeyId: 'alias/seal', Message: MESSAGE, MessageType: 'RAW', SigningAlgorithm, ...more },
    as === undefined ? undefined : asRole(as),
  );

describe('KMS', () => {
  it.each(ALGORITHMS)(
    'signs with %s so that anybody can verify it, and the same way every time',
    async (spec, algorithm) => {
      const twin = deployed(spec);
      const { Signature } = await sign(twin, algorithm);
      const { PublicKey, SigningAlgorithms } = await twin.call('kms', 'GetPublicKey', { KeyId: 'alias/seal' });
      const publicKey = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
      expect(verify(spec === 'ECC_NIST_EDWARDS25519' ? null : 'sha256', MESSAGE, publicKey, Signature)).toBe(true);
      expect(SigningAlgorithms).toEqual([algorithm]);
      expect(Buffer.from((await sign(deployed(spec), algorithm)).Signature)).toEqual(Buffer.from(Signature));
    },
  );

  it.each(ALGORITHMS.slice(0, 2))('signs a digest with %s as it signs the message', async (spec, algorithm) => {
    const twin = deployed(spec);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', MESSAGE));
    const byDigest = await sign(twin, algorithm, { Message: digest, MessageType: 'DIGEST' });
    expect(Buffer.from(byDigest.Signature)).toEqual(Buffer.from((await sign(twin, algorithm)).Signature));
  });

  it.each(ALGORITHMS)('verifies with %s what it signed, and nothing else', async (spec, SigningAlgorithm) => {
    const twin = deployed(spec);
    const { Signature } = await sign(twin, SigningAlgorithm);
    const check = (Message: Uint8Array) =>
      twin.call('kms', 'Verify', { KeyId: 'alias/seal', Message, Signature, SigningAlgorithm });
    expect(await check(MESSAGE)).toMatchObject({ SignatureValid: true });
    await expect(check(MESSAGE.slice(1))).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' });
  });

  it('judges by the key, however it was named', async () => {
    const twin = deployed('RSA_2048');
    await expect(sign(twin, 'RSASSA_PKCS1_V1_5_SHA_256', {}, 'signer')).resolves.toBeDefined();
    await expect(twin.call('kms', 'GetPublicKey', { KeyId: 'alias/seal' }, asRole('signer'))).rejects.toMatchObject({
      message: expect.stringMatching(/kms:GetPublicKey on arn:aws:kms:eu-west-1:\d+:key\//),
    });
    const closed = deployed('RSA_2048', { Statement: [] });
    await expect(sign(closed, 'RSASSA_PKCS1_V1_5_SHA_256', {}, 'signer')).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('refuses a long message, another algorithm, and a key that does not exist here', async () => {
    const twin = deployed('RSA_2048');
    await expect(sign(twin, 'RSASSA_PKCS1_V1_5_SHA_256', { Message: new Uint8Array(4097) })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(sign(twin, 'ECDSA_SHA_256')).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
    await expect(
      twin.call('kms', 'GetPublicKey', { KeyId: 'alias/seal' }, undefined, 'us-east-1'),
    ).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
