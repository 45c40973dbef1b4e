/** Why the agent does not do what a kiosk asks of it while the hub is away; each is an HTTP problem with this code. */
const STATUS = {
  'code-wrong': 403,
  'not-listed': 403,
  'code-owner-needed': 403,
  'too-many-attempts': 429,
  'not-found': 404,
  'visit-ended': 409,
  'not-now': 409,
  'attempts-used-up': 409,
  'delivery-moved': 409,
  'door-unverified': 409,
  'hub-away': 502,
} as const;

export type PickupRefusalCode = keyof typeof STATUS;

export class PickupRefusal extends Error {
  readonly code: PickupRefusalCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: PickupRefusalCode, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'PickupRefusal';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  get status(): (typeof STATUS)[PickupRefusalCode] {
    return STATUS[this.code];
  }
}
