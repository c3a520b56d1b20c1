import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import type { Wires } from '../wires.ts';
import { connect, isAwsError } from './client.ts';

/** An image in ECR: `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>` or `@<digest>`. */
export type EcrImage = { account: string; repository: string; tag?: string; digest?: string };

export class Registry {
  readonly #client: ECRClient;

  constructor(wires: Wires, region: string) {
    this.#client = connect(wires, ECRClient, region);
  }

  async has(image: EcrImage): Promise<boolean> {
    const imageId = image.digest === undefined ? { imageTag: image.tag ?? 'latest' } : { imageDigest: image.digest };
    try {
      await this.#client.send(
        new DescribeImagesCommand({ registryId: image.account, repositoryName: image.repository, imageIds: [imageId] }),
      );
      return true;
    } catch (error) {
      if (isAwsError(error, 'ImageNotFoundException', 'RepositoryNotFoundException')) return false;
      throw error;
    }
  }
}
