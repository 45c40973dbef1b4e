/** A request that cannot be answered as it is asked: 400, with the field that it is about. */
export class BadRequest extends Error {
  readonly code = 'shape-request-invalid';
  readonly errors: Readonly<Record<string, readonly string[]>>;

  constructor(errors: Readonly<Record<string, readonly string[]>>) {
    super(`invalid request: ${JSON.stringify(errors)}`);
    this.name = 'BadRequest';
    this.errors = errors;
  }
}

export function badRequest(field: string, message: string): BadRequest {
  return new BadRequest({ [field]: [message] });
}
