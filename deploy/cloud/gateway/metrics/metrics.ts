import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds: from a look-up by an index to a push that waited for another one's lock. */
const REQUEST_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

/** The gateway's figures for Prometheus: counts only, nothing of a building or a person. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #refused: Counter<'code'>;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'lockerhub_gateway_request_seconds',
      help: 'Time to the head of an answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS_S,
      registers: [this.#registry],
    });
    this.#refused = new Counter({
      name: 'lockerhub_gateway_refused_total',
      help: 'Requests that were refused, by the code of the problem.',
      labelNames: ['code'],
      registers: [this.#registry],
    });
  }

  /** @param route the pattern that matched, never the path itself: labels must not grow with what strangers ask */
  answered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  refused(code: string): void {
    this.#refused.inc({ code });
  }

  /** Adds a figure that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name: `lockerhub_gateway_${name}`,
      help,
      registers: [this.#registry],
      async collect() {
        this.set(await read());
      },
    });
  }

  /** Adds a figure that only grows. */
  counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `lockerhub_gateway_${name}`, help, labelNames, registers: [this.#registry] });
  }

  /** The text that Prometheus reads, and its content type. */
  async read(): Promise<{ text: string; contentType: string }> {
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }
}
