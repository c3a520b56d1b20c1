import { hash } from '../kernel/random.ts';
import type { ResourcePlace } from './service.ts';

/**
 * The name of a resource that the template leaves unnamed: stack, logical id and a suffix, as CloudFormation
 * makes it, except that the suffix is the same every time.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
export function physicalName(given: string | undefined, at: ResourcePlace, maxLength = 64): string {
  if (given !== undefined) return given;
  const suffix = hash(`${at.stack}/${at.logicalId}`).toString(16).padStart(8, '0').toUpperCase();
  return `${`${at.stack}-${at.logicalId}`.slice(0, maxLength - suffix.length - 1)}-${suffix}`;
}

/** A UUID that is the same every time for the same text: key ids and the like. */
export function uuidOf(text: string): string {
  const hex = [0, 1, 2, 3].map((part) => hash(`${part}:${text}`).toString(16).padStart(8, '0')).join('');
  return uuidFrom(hex);
}

/** 32 hexadecimal digits in the shape of a version 4 UUID. */
export const uuidFrom = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
