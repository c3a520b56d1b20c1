import { NotSimulated } from '../kernel/not-simulated.ts';
import { parseArn } from './arn.ts';
import { AwsError } from './aws-error.ts';
import type { Iam } from './iam.ts';
import type { PolicyDocument } from './iam-policy.ts';
import { type Signer, signerFor } from './kms-signer.ts';
import { uuidOf } from './physical-name.ts';
import type { Input, Operation, Permission, Place, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

type Key = { id: string; arn: string; spec: string; usage: string; signer: Signer | undefined };

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
const MAX_RAW_MESSAGE = 4096;

/** Keys, aliases and signatures. Key policies are judged by IAM. */
export class Kms implements Service {
  readonly id = 'kms';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #iam: Iam;
  /** By region, then by key id, alias name or ARN of either. */
  readonly #names = new Map<string, Map<string, Key>>();
  /** By the key's ARN. */
  readonly #aliases = new Map<string, string>();
  #ordinal = 0;

  constructor(world: World, iam: Iam) {
    this.#world = world;
    this.#iam = iam;
    const on = (action: string, answer: (key: Key, input: Input) => unknown): Operation => ({
      permissions: (input, at) => this.#permissions(action, input.KeyId, at),
      answer: (input, at) => answer(this.#existing(input.KeyId, at.region), input),
    });
    this.operations = {
      Sign: on('kms:Sign', (key, input) => ({
        KeyId: key.arn,
        Signature: new Uint8Array(signing(key, input).sign(messageOf(input), input.MessageType === 'DIGEST')),
        SigningAlgorithm: input.SigningAlgorithm,
      })),
      Verify: on('kms:Verify', (key, input) => verified(key, input)),
      GetPublicKey: on('kms:GetPublicKey', (key) => publicKeyOf(key)),
      DescribeKey: on('kms:DescribeKey', (key) => ({ KeyMetadata: metadataOf(key, this.#world.account) })),
    };
    this.resources = {
      'AWS::KMS::Key': (properties, at) => this.#create(properties, at),
      'AWS::KMS::Alias': (properties, at) => this.#alias(properties, at),
    };
  }

  /**
   * What a caller needs to use an encrypted resource of another service; nothing for keys that AWS manages.
   * https://docs.aws.amazon.com/kms/latest/developerguide/services.html
   * @param encryptionContext a condition key each: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
   */
  permissionThrough(
    service: string,
    action: string,
    keyId: string | undefined,
    region: string,
    encryptionContext: Record<string, string> = {},
  ): Permission[] {
    if (keyId === undefined || /alias\/aws\//.test(keyId)) return [];
    const resource = this.#find(keyId, region)?.arn ?? keyId;
    const context: Record<string, string> = { 'kms:ViaService': `${service}.${region}.amazonaws.com` };
    for (const [name, value] of Object.entries(encryptionContext)) context[`kms:EncryptionContext:${name}`] = value;
    // https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    const alias = this.#aliases.get(resource);
    if (alias !== undefined) context['kms:ResourceAliases'] = alias;
    return [{ action, resource, context }];
  }

  /** Whether a key that encrypts is known by this ARN, of itself or of its alias, in this region. */
  encrypts(keyArn: string, region: string): boolean {
    return this.#find(keyArn, region)?.usage === 'ENCRYPT_DECRYPT';
  }

  #create(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const id =
      properties.MultiRegion === true
        ? `mrk-${uuidOf(`${at.stack}/${at.logicalId}`).replaceAll('-', '')}`
        : uuidOf(`${at.stack}/${at.logicalId}`);
    const arn = `arn:aws:kms:${at.region}:${this.#world.account}:key/${id}`;
    const spec: string = properties.KeySpec ?? 'SYMMETRIC_DEFAULT';
    const usage: string = properties.KeyUsage ?? 'ENCRYPT_DECRYPT';
    const signer = usage === 'SIGN_VERIFY' ? signerFor(spec, arn, this.#ordinal++) : undefined;
    const key = { id, arn, spec, usage, signer };
    this.#name(at.region, id, key);
    this.#name(at.region, arn, key);
    this.#iam.resourcePolicy(arn, properties.KeyPolicy ?? this.#defaultPolicy());
    return { ref: id, attributes: { Arn: arn, KeyId: id } };
  }

  /** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
  #defaultPolicy(): PolicyDocument {
    const Principal = { AWS: `arn:aws:iam::${this.#world.account}:root` };
    return { Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }] };
  }

  #alias(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const name: string = properties.AliasName;
    const key = this.#find(properties.TargetKeyId, at.region);
    if (key === undefined) throw new Error(`${name} is for key ${properties.TargetKeyId}, which does not exist`);
    if (this.#aliases.has(key.arn)) throw new NotSimulated(`a second alias of a key (${at.logicalId})`);
    this.#aliases.set(key.arn, name);
    this.#name(at.region, name, key);
    this.#name(at.region, `arn:aws:kms:${at.region}:${this.#world.account}:${name}`, key);
    return { ref: name };
  }

  #name(region: string, name: string, key: Key): void {
    const names = this.#names.get(region);
    if (names === undefined) this.#names.set(region, new Map([[name, key]]));
    else names.set(name, key);
  }

  #find(name: string, region: string): Key | undefined {
    return this.#names.get(region)?.get(name);
  }

  #existing(name: string, region: string): Key {
    const key = this.#find(name, region);
    if (key !== undefined) return key;
    const elsewhere = parseArn(name)?.region;
    const why =
      elsewhere !== undefined && elsewhere !== region ? `Invalid arn ${elsewhere}` : `Key '${name}' does not exist`;
    throw new AwsError('NotFoundException', why);
  }

  /** A key is judged by its own ARN, however it was named; what does not exist is said to be missing before that. */
  #permissions(action: string, name: string, at: Place): Permission[] {
    const key = this.#find(name, at.region);
    if (key === undefined) return [];
    const alias = /(^|:)alias\//.test(name) ? { 'kms:RequestAlias': name.slice(name.indexOf('alias/')) } : {};
    return [{ action, resource: key.arn, context: { ...alias, 'kms:KeySpec': key.spec } }];
  }
}

function signing(key: Key, input: Input): Signer {
  if (key.signer === undefined)
    throw new AwsError('InvalidKeyUsageException', `${key.arn} key usage is ${key.usage} which is not valid for Sign.`);
  if (!key.signer.algorithms.includes(input.SigningAlgorithm))
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${input.SigningAlgorithm} is incompatible with key spec ${key.spec}.`,
    );
  return key.signer;
}

function messageOf(input: Input): Uint8Array {
  const message: Uint8Array = input.Message;
  if (input.MessageType !== 'DIGEST' && message.length > MAX_RAW_MESSAGE)
    throw new AwsError(
      'ValidationException',
      `'message' failed to satisfy constraint: length less than or equal to ${MAX_RAW_MESSAGE}`,
    );
  if (input.MessageType === 'DIGEST' && message.length !== 32)
    throw new AwsError('ValidationException', 'Digest is invalid length for the algorithm');
  return message;
}

function verified(key: Key, input: Input): unknown {
  if (!signing(key, input).verify(messageOf(input), input.MessageType === 'DIGEST', input.Signature))
    throw new AwsError('KMSInvalidSignatureException', '');
  return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
}

function publicKeyOf(key: Key): unknown {
  if (key.signer === undefined)
    throw new AwsError('UnsupportedOperationException', `${key.arn} is not an asymmetric key`);
  return {
    KeyId: key.arn,
    PublicKey: new Uint8Array(key.signer.publicKey.export({ format: 'der', type: 'spki' })),
    KeySpec: key.spec,
    KeyUsage: key.usage,
    SigningAlgorithms: key.signer.algorithms,
  };
}

const metadataOf = (key: Key, account: string): unknown => ({
  AWSAccountId: account,
  KeyId: key.id,
  Arn: key.arn,
  KeySpec: key.spec,
  KeyUsage: key.usage,
  KeyState: 'Enabled',
  Enabled: true,
});
