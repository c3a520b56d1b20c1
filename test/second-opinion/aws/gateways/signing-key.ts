import { createHash, createPublicKey, verify } from 'node:crypto';
import { SigningKey } from '../../../../src/gateways/aws/signing-key.ts';
import type { TemplateResource } from '../../../../src/rehearsal/assembly/assembly.ts';
import { ACCOUNT, type Place, REGION } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';

const TEXT = 'a seal';
const ADMINISTRATION = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};

function key(alias: string, properties: Record<string, string>): Record<string, TemplateResource> {
  const id = `Key${alias}`;
  return {
    [id]: { Type: 'AWS::KMS::Key', Properties: { ...properties, KeyPolicy: ADMINISTRATION } },
    [`Alias${alias}`]: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: `alias/${alias}`, TargetKeyId: { Ref: id } },
    },
  };
}

const named = ({ wires }: Place, alias: string): SigningKey => new SigningKey(wires, REGION, alias);
const digest = (): Uint8Array => createHash('sha256').update(TEXT).digest();

export const signingKey: Suite<SigningKey> = {
  gateway: SigningKey,
  resources: {
    ...key('seals', { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
    ...key('secrets', { KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' }),
  },
  connect: (place) => named(place, 'alias/seals'),
  cases: {
    sign: [
      {
        title: 'signs a digest so that anybody with the public key can verify the text',
        ask: async (signer) => {
          const signature = Buffer.from(await signer.sign(digest()), 'base64');
          const der = Buffer.from(await signer.publicKey(), 'base64');
          const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
          const holds = (text: string) => verify('RSA-SHA256', Buffer.from(text), publicKey, signature);
          return [signature.length, holds(TEXT), holds('another')];
        },
        answers: [256, true, false],
        moto: { differs: 'kms-digest', answers: [256, false, false] },
      },
      {
        title: 'throws when there is no such key',
        ask: (_, place) => errorOf(named(place, 'alias/none').sign(digest())),
        answers: 'NotFoundException',
      },
      {
        title: 'throws when the key is for something else',
        ask: (_, place) => errorOf(named(place, 'alias/secrets').sign(digest())),
        answers: 'InvalidKeyUsageException',
        moto: { differs: 'kms-usage', answers: 'ValidationException' },
      },
      {
        title: 'throws for what is no digest',
        ask: (signer) => errorOf(signer.sign(new Uint8Array(31))),
        answers: 'ValidationException',
        moto: { differs: 'kms-digest-length', answers: 'none' },
      },
    ],
    publicKey: [
      {
        title: 'stays the same',
        ask: async (signer) => new Set([await signer.publicKey(), await signer.publicKey()]).size,
        answers: 1,
      },
      {
        title: 'throws for a key that has no public half',
        ask: (_, place) => errorOf(named(place, 'alias/secrets').publicKey()),
        answers: 'UnsupportedOperationException',
        moto: { differs: 'kms-symmetric', answers: 'none' },
      },
    ],
  },
};
