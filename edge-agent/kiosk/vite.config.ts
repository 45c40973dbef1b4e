import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The kiosk page. `base: './'`: the same files serve at `/kiosk/` of the hub and at the root of an agent's own port. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Kiosk screens run what their board came with: Chromium and WebKit since 2022.
    target: ['chrome105', 'firefox115', 'safari16'],
    // One file: a kiosk loads it once a day from the next room.
    chunkSizeWarningLimit: 1500,
  },
});
