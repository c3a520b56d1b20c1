import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** No place means us-east-1. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html */
export async function makeBucket(client: S3Client, Bucket: string, region: string): Promise<void> {
  const place = { LocationConstraint: region as BucketLocationConstraint };
  const where = region === 'us-east-1' ? {} : { CreateBucketConfiguration: place };
  await client.send(new CreateBucketCommand({ Bucket, ...where }));
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
}
