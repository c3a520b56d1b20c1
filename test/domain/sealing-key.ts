import { constants, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import { type Seal, type SignedSeal, sealDigest } from '../../src/domain/seal.ts';

/** DigestInfo of a SHA-256, which a signature holds before the digest. https://www.rfc-editor.org/rfc/rfc8017#section-9.2 */
const SHA_256 = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** A key pair, and seals signed by it as KMS signs a digest. */
export function sealingKey(): { publicKey: string; sign: (seal: Seal) => SignedSeal } {
  const { publicKey, privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const padding = constants.RSA_PKCS1_PADDING;
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    sign: (seal) => ({
      seal,
      signature: privateEncrypt({ key, padding }, Buffer.concat([SHA_256, sealDigest(seal)])).toString('base64'),
    }),
  };
}
