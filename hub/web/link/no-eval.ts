/**
 * Has to be imported before any schema is made: under a strict CSP zod may not compile its checks (`new Function`);
 * it would try, and the browser would report that.
 */
import { config } from 'zod';

config({ jitless: true });
