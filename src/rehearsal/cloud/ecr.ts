import { hash } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import type { Input, Operation, Place, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

type Image = { digest: string; tags: Set<string>; pushedAt: number };
type Repository = { name: string; arn: string; images: Map<string, Image> };
type Rule = { prefixes: string[]; destinations: { region: string; account: string }[] };
type Task = {
  from: { region: string; account: string };
  to: { region: string; account: string };
  repository: string;
  tag: string | undefined;
  digest: string;
};

export type EcrReference = { account: string; region: string; repository: string; tag?: string; digest?: string };
export type PushOptions = {
  /** The registry's account; default: our own. */
  account?: string;
  digest?: string;
  /** It lies in the copies already: history rather than something that happens now. */
  settled?: boolean;
};

const REFERENCE =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html */
export function parseEcrReference(image: string): EcrReference | undefined {
  const [, account, region, repository, tag, digest] = REFERENCE.exec(image) ?? [];
  if (account === undefined || region === undefined || repository === undefined) return undefined;
  return {
    account,
    region,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Amazon ECR: a registry for each account and region, and its copies in other regions. */
export class Ecr implements Service {
  readonly id = 'ecr';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #repositories = new Map<string, Repository>();
  readonly #rules = new Map<string, Rule[]>();
  #waiting: Task[] = [];

  constructor(world: World) {
    this.#world = world;
    this.resources = {
      'AWS::ECR::Repository': (properties, at) => this.#fromTemplate(properties, at),
      'AWS::ECR::ReplicationConfiguration': (properties, at) => {
        this.#rules.set(`${world.account}/${at.region}`, rulesOf(properties.ReplicationConfiguration));
        return { ref: world.account, attributes: { RegistryId: world.account } };
      },
    };
    this.operations = {
      DescribeImages: this.#read('ecr:DescribeImages', describeImages),
      BatchGetImage: this.#read('ecr:BatchGetImage', batchGetImage),
      ListImages: this.#read('ecr:ListImages', (repository) => ({
        imageIds: [...repository.images.values()].flatMap(imageIds),
      })),
      DescribeRepositories: {
        permissions: (input, at) =>
          this.#names(input, at).map((name) => ({
            action: 'ecr:DescribeRepositories',
            resource: this.#arn(name, input, at),
          })),
        answer: (input, at) => ({
          repositories: this.#names(input, at).map((name) => {
            const { arn } = this.#repository(name, input, at);
            return { repositoryName: name, repositoryArn: arn, registryId: input.registryId ?? world.account };
          }),
        }),
      },
    };
    world.network.onChange(() => this.#resume());
  }

  /** An image is pushed: the repository is made if it is not there. Answers the digest. */
  push(region: string, repository: string, tag: string | undefined, options: PushOptions = {}): string {
    const account = options.account ?? this.#world.account;
    const digest = options.digest ?? digestOf(`${repository}:${tag}`);
    this.#store(account, region, repository, tag, digest);
    for (const to of this.#destinations(account, region, repository)) {
      if (options.settled) this.#store(to.account, to.region, repository, tag, digest);
      else this.#send({ from: { account, region }, to, repository, tag, digest });
    }
    return digest;
  }

  /** Whether the registry named in the reference holds that image; false for what is no ECR reference. */
  has(imageReference: string): boolean {
    const reference = parseEcrReference(imageReference);
    if (reference === undefined) return false;
    const repository = this.#repositories.get(`${reference.account}/${reference.region}/${reference.repository}`);
    if (repository === undefined) return false;
    if (reference.digest !== undefined) return repository.images.has(reference.digest);
    return tagged(repository, reference.tag ?? 'latest') !== undefined;
  }

  #store(account: string, region: string, name: string, tag: string | undefined, digest: string): void {
    const repository = this.#make(account, region, name);
    const image = repository.images.get(digest) ?? {
      digest,
      tags: new Set<string>(),
      pushedAt: this.#world.kernel.now,
    };
    if (tag !== undefined) {
      tagged(repository, tag)?.tags.delete(tag);
      image.tags.add(tag);
    }
    repository.images.set(digest, image);
  }

  /** Replication makes a missing repository. https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html */
  #make(account: string, region: string, name: string): Repository {
    const key = `${account}/${region}/${name}`;
    const known = this.#repositories.get(key);
    if (known !== undefined) return known;
    const made = { name, arn: `arn:aws:ecr:${region}:${account}:repository/${name}`, images: new Map<string, Image>() };
    this.#repositories.set(key, made);
    return made;
  }

  /** Copies are not copied on: only what is pushed here matches a rule. */
  #destinations(account: string, region: string, repository: string): { region: string; account: string }[] {
    const rules = this.#rules.get(`${account}/${region}`) ?? [];
    const matching = rules.filter(
      ({ prefixes }) => prefixes.length === 0 || prefixes.some((prefix) => repository.startsWith(prefix)),
    );
    return matching.flatMap(({ destinations }) => destinations);
  }

  #send(task: Task): void {
    this.#world.kernel.schedule(this.#world.latencies.draw('ecr.replication'), () => {
      if (this.#world.network.reaches(task.from.region, task.to.region))
        this.#store(task.to.account, task.to.region, task.repository, task.tag, task.digest);
      else this.#waiting.push(task);
    });
  }

  #resume(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const task of waiting) this.#send(task);
  }

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html */
  #read(action: string, answer: (repository: Repository, input: Input) => unknown): Operation {
    return {
      permissions: (input, at) => [{ action, resource: this.#arn(input.repositoryName, input, at) }],
      answer: (input, at) => answer(this.#repository(input.repositoryName, input, at), input),
    };
  }

  #arn(name: string, input: Input, at: Place): string {
    return `arn:aws:ecr:${at.region}:${input.registryId ?? this.#world.account}:repository/${name}`;
  }

  #names(input: Input, at: Place): string[] {
    if (input.repositoryNames !== undefined) return input.repositoryNames;
    const start = `${input.registryId ?? this.#world.account}/${at.region}/`;
    return [...this.#repositories].flatMap(([key, { name }]) => (key.startsWith(start) ? [name] : []));
  }

  #repository(name: string, input: Input, at: Place): Repository {
    const account: string = input.registryId ?? this.#world.account;
    const repository = this.#repositories.get(`${account}/${at.region}/${name}`);
    if (repository !== undefined) return repository;
    const message = `The repository with name '${name}' does not exist in the registry with id '${account}'`;
    throw new AwsError('RepositoryNotFoundException', message, 400);
  }

  #fromTemplate(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const name: string = properties.RepositoryName ?? `${at.stack}-${at.logicalId}`.toLowerCase();
    const { arn } = this.#make(this.#world.account, at.region, name);
    return {
      ref: name,
      attributes: { Arn: arn, RepositoryUri: `${this.#world.account}.dkr.ecr.${at.region}.amazonaws.com/${name}` },
    };
  }
}

const rulesOf = (configuration: Input): Rule[] =>
  (configuration.Rules as Input[]).map((rule) => ({
    prefixes: (rule.RepositoryFilters ?? []).map((filter: Input) => filter.Filter),
    destinations: rule.Destinations.map((destination: Input) => ({
      region: destination.Region,
      account: destination.RegistryId,
    })),
  }));

const tagged = (repository: Repository, tag: string): Image | undefined => {
  for (const image of repository.images.values()) if (image.tags.has(tag)) return image;
  return undefined;
};

const imageIds = ({ digest, tags }: Image): { imageDigest: string; imageTag?: string }[] =>
  tags.size === 0 ? [{ imageDigest: digest }] : [...tags].map((imageTag) => ({ imageDigest: digest, imageTag }));

function find(repository: Repository, id: Input): Image | undefined {
  return id.imageDigest === undefined ? tagged(repository, id.imageTag) : repository.images.get(id.imageDigest);
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html: one missing image fails the call. */
function describeImages(repository: Repository, input: Input): unknown {
  const wanted: Input[] | undefined = input.imageIds;
  const images = wanted === undefined ? [...repository.images.values()] : wanted.map((id) => found(repository, id));
  return {
    imageDetails: images.map(({ digest, tags, pushedAt }) => ({
      repositoryName: repository.name,
      imageDigest: digest,
      ...(tags.size === 0 ? {} : { imageTags: [...tags] }),
      imagePushedAt: new Date(pushedAt),
    })),
  };
}

function found(repository: Repository, id: Input): Image {
  const image = find(repository, id);
  if (image !== undefined) return image;
  const what = id.imageDigest === undefined ? `imageTag:'${id.imageTag}'` : `imageDigest:'${id.imageDigest}'`;
  const message = `The image with imageId {${what}} does not exist within the repository with name '${repository.name}'`;
  throw new AwsError('ImageNotFoundException', message, 400);
}

function batchGetImage(repository: Repository, input: Input): unknown {
  const images: unknown[] = [];
  const failures: unknown[] = [];
  for (const imageId of input.imageIds as Input[]) {
    const image = find(repository, imageId);
    if (image === undefined)
      failures.push({ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
    else images.push({ repositoryName: repository.name, imageId: { ...imageId, imageDigest: image.digest } });
  }
  return { images, failures };
}

/** A digest for an image whose bytes nobody has, the same every time. */
const digestOf = (text: string): string =>
  `sha256:${Array.from({ length: 8 }, (_, part) => hash(`${part}/${text}`).toString(16).padStart(8, '0')).join('')}`;
