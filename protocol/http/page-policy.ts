/** What pages may load and use: nothing from another origin, no microphone, and a camera at the kiosk alone. */

/** In the words of Hono's `secureHeaders`, for hub and agent. */
export interface PagePolicy {
  readonly contentSecurityPolicy: Record<string, string[]>;
  readonly permissionsPolicy: { readonly camera: string[]; readonly microphone: string[] };
}

const SOURCES = {
  defaultSrc: ["'self'"],
  // Mantine and Swagger UI set styles at run time; nothing may come from another origin.
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
};

/** Of every page but the kiosk's. */
export const PAGE_POLICY: PagePolicy = {
  contentSecurityPolicy: SOURCES,
  permissionsPolicy: { camera: [], microphone: [] },
};

/** Of the kiosk's page: what reads its barcodes is WebAssembly, which has to be allowed by name. `eval` is not. */
export const KIOSK_POLICY: PagePolicy = {
  contentSecurityPolicy: { ...SOURCES, scriptSrc: ["'self'", "'wasm-unsafe-eval'"] },
  permissionsPolicy: { camera: ['self'], microphone: [] },
};
