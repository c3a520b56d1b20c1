import type { KubeObject } from './host.ts';

/** https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/apis/meta/v1/types.go (StatusReason and its codes) */
const CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  AlreadyExists: 409,
  Conflict: 409,
  UnsupportedMediaType: 415,
  Invalid: 422,
  InternalError: 500,
  ServiceUnavailable: 503,
} as const;

export type Reason = keyof typeof CODES;

/** What the API server answers in place of an object. Its message is the one that clients see. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: Reason;
  readonly code: number;
  readonly details: KubeObject | undefined;

  constructor(reason: Reason, message: string, details?: KubeObject) {
    super(message);
    this.reason = reason;
    this.code = CODES[reason];
    this.details = details;
  }

  /** The `Status` document. */
  get status(): KubeObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

/** `deployments.apps` is the kind `deployments` of the group `apps`. */
function named(resource: string, name: string): KubeObject {
  const dot = resource.indexOf('.');
  if (dot < 0) return { ...(name && { name }), kind: resource };
  return { ...(name && { name }), group: resource.slice(dot + 1), kind: resource.slice(0, dot) };
}

export const notFound = (resource: string, name: string): ApiError =>
  new ApiError('NotFound', `${resource} "${name}" not found`, named(resource, name));

export const alreadyExists = (resource: string, name: string): ApiError =>
  new ApiError('AlreadyExists', `${resource} "${name}" already exists`, named(resource, name));

export const conflict = (resource: string, name: string): ApiError =>
  new ApiError(
    'Conflict',
    `Operation cannot be fulfilled on ${resource} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    named(resource, name),
  );

/** https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/util/validation/field/errors.go (ErrorType) */
const CAUSES: Record<string, string> = {
  'Required value': 'FieldValueRequired',
  'Duplicate value': 'FieldValueDuplicate',
  'Unsupported value': 'FieldValueNotSupported',
  'Not found': 'FieldValueNotFound',
  'Too many': 'FieldValueTooMany',
  'Too long': 'FieldValueTooLong',
  Forbidden: 'FieldValueForbidden',
};

/** `causes` are field and message pairs, as the API server joins them; a message begins with the name of its reason. */
export const invalid = (kind: string, name: string, ...causes: [field: string, message: string][]): ApiError => {
  const told = causes.map(([field, message]) => `${field}: ${message}`);
  const list = told.length === 1 ? told[0] : `[${told.join(', ')}]`;
  const reason = (message: string): string =>
    / in body must be of type /.test(message)
      ? 'FieldValueTypeInvalid'
      : (CAUSES[message.split(':')[0] ?? ''] ?? 'FieldValueInvalid');
  return new ApiError('Invalid', `${kind} "${name}" is invalid: ${list}`, {
    ...named(kind, name),
    causes: causes.map(([field, message]) => ({ reason: reason(message), message, field })),
  });
};

export const forbidden = (resource: string, name: string, why: string, causes?: KubeObject[]): ApiError =>
  new ApiError('Forbidden', `${resource}${name ? ` "${name}"` : ''} is forbidden: ${why}`, {
    ...named(resource, name),
    ...(causes && { causes }),
  });
