import * as z from 'zod';
import { textLike } from './text-like.ts';

export const name = textLike(
  /^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/,
  'lower-case letters, digits and hyphens, a letter first, at most 24',
);
export const region = textLike(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as us-west-2');
export const namespace = textLike(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a Kubernetes namespace');
export const hostName = textLike(
  /^([a-zA-Z0-9_]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z]{2,}$/,
  'a host name such as app.example.com',
);
export const path = textLike(/^\/\S*$/, 'a path such as /health');
export const port = z.int().min(1).max(65_535);
export const cron = textLike(/^\S+ \S+ \S+ \S+ \S+$/, 'five cron fields, such as 0 2 * * *');
export const cidr = textLike(/^\d+\.\d+\.\d+\.\d+\/\d+$/, 'an IPv4 range such as 10.80.0.0/16');
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucket = textLike(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens',
);

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html#API_CreateCluster_RequestSyntax */
export const clusterName = textLike(
  /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/,
  'a name of an EKS cluster: letters, digits, _ and -',
);
