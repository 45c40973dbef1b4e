import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The staff page: built into `hub/web/dist`, served by the hub at `/`. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The largest chunk is Mantine with React: some 700 kB before compression, on a LAN.
    chunkSizeWarningLimit: 1200,
    // A page under `img-src 'self'` shows no data: addresses.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
