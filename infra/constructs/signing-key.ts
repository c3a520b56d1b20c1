import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** A key that signs and never leaves KMS. What it signed must be verifiable for years, so it outlives its stack. */
export function signingKey(scope: Construct, alias: string, description: string): Key {
  return new Key(scope, 'SigningKey', {
    alias,
    description,
    keySpec: KeySpec.RSA_2048,
    keyUsage: KeyUsage.SIGN_VERIFY,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
