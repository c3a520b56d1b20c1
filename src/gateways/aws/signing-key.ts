import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

/** An RSA key that never leaves KMS. https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
const ALGORITHM = 'RSASSA_PKCS1_V1_5_SHA_256';

export class SigningKey {
  readonly #client: KMSClient;
  readonly #keyId: string;

  /** @param keyId a key's id, ARN or alias (`alias/…`) */
  constructor(wires: Wires, region: string, keyId: string) {
    this.#client = connect(wires, KMSClient, region);
    this.#keyId = keyId;
  }

  /** The signature of a SHA-256 digest, in base64. */
  async sign(digest: Uint8Array): Promise<string> {
    const { Signature } = await this.#client.send(
      new SignCommand({ KeyId: this.#keyId, Message: digest, MessageType: 'DIGEST', SigningAlgorithm: ALGORITHM }),
    );
    return Buffer.from(Signature ?? []).toString('base64');
  }

  /** The public half, DER (SubjectPublicKeyInfo) in base64. */
  async publicKey(): Promise<string> {
    const { PublicKey } = await this.#client.send(new GetPublicKeyCommand({ KeyId: this.#keyId }));
    return Buffer.from(PublicKey ?? []).toString('base64');
  }
}
