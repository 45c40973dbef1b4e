import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The demo's page: served by the demo's own control at `/demo/`. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/demo/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Mantine with React, and the words of kiosk and staff page: one file over the loopback.
    chunkSizeWarningLimit: 1500,
    assetsInlineLimit: 0,
  },
});
