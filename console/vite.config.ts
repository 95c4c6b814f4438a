// SPDX-License-Identifier: Apache-2.0
// Vite: builds what `pawl` embeds, and serves it during development, with the API of the server at PAWL_URL.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/_pawl/console/",
  plugins: [react()],
  build: {
    outDir: process.env.PAWL_CONSOLE_OUT ?? "../build/console",
    emptyOutDir: true,
    target: "es2022",
    // Inlined assets are data: URLs, which the Content-Security-Policy refuses for fonts and scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
  },
  server: {
    // Everything that is the server's: only the console's own files come from here.
    proxy: { "^/_pawl/(?!console/(?!api/))": process.env.PAWL_URL ?? "http://127.0.0.1:4566" },
  },
  test: { environment: "jsdom" },
});
