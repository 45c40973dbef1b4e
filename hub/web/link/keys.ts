/** How the page's lists and views are called in the query cache. */
export const keys = {
  setup: ['setup'],
  me: ['me'],
  building: ['building'],
  happenings: ['happenings'],
  deliveries: ['deliveries'],
  delivery: ['delivery'],
  log: ['log'],
  outbox: ['outbox'],
  cases: ['cases'],
  residents: ['residents'],
  couriers: ['couriers'],
  terminals: ['terminals'],
  cloud: ['cloud'],
  agents: ['agents'],
  commissioning: ['commissioning'],
  scan: ['scan'],
  health: ['health'],
  recovery: ['recovery'],
} as const;

export type QueryName = keyof typeof keys;
