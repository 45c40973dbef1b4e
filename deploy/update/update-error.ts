import type { UpdateFault } from '@lockerhub/protocol/update/files.ts';

/** Why a hub was not brought to another release. The message says what to do. */
export class UpdateError extends Error {
  readonly code: UpdateFault;

  constructor(code: UpdateFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpdateError';
    this.code = code;
  }
}
