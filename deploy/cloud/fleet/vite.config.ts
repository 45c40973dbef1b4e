import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The operators' page: built into `deploy/cloud/fleet/dist`, served by the gateway at `/`. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The largest chunk is Mantine with React.
    chunkSizeWarningLimit: 1200,
    // A page under `img-src 'self'` shows no data: addresses.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8085' } },
});
