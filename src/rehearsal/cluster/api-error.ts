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

export const notFound = (resource: string, name: string): ApiError =>
  new ApiError('NotFound', `${resource} "${name}" not found`, { name, kind: resource });

export const alreadyExists = (resource: string, name: string): ApiError =>
  new ApiError('AlreadyExists', `${resource} "${name}" already exists`, { name, kind: resource });

export const conflict = (resource: string, name: string): ApiError =>
  new ApiError(
    'Conflict',
    `Operation cannot be fulfilled on ${resource} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { name, kind: resource },
  );

/** `causes` are field and message pairs, as the API server joins them. */
export const invalid = (kind: string, name: string, ...causes: [field: string, message: string][]): ApiError => {
  const told = causes.map(([field, message]) => `${field}: ${message}`);
  const list = told.length === 1 ? told[0] : `[${told.join(', ')}]`;
  return new ApiError('Invalid', `${kind} "${name}" is invalid: ${list}`, {
    name,
    kind,
    causes: causes.map(([field, message]) => ({ reason: 'FieldValueInvalid', message, field })),
  });
};

export const forbidden = (resource: string, name: string, why: string): ApiError =>
  new ApiError('Forbidden', `${resource}${name ? ` "${name}"` : ''} is forbidden: ${why}`, { name, kind: resource });
