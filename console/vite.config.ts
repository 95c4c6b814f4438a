// SPDX-License-Identifier: Apache-2.0
// Vite: builds what `pawl` embeds, and serves it during development, with the API of the server at PAWL_URL.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/**
 * Cloudscape's styles have their fonts inside, as data: URLs, which the Content-Security-Policy refuses and every visitor would
 * load whole: they become files, loaded when a character of theirs is shown.
 */
function fontFiles(): Plugin {
  return {
    name: "font-files",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
          file.source = String(file.source).replace(/url\(["']?data:font\/woff2[^,)]*,([^"')]*)["']?\)/g, (_, data: string) => {
            const source = Buffer.from(data, "base64");
            const name = `font-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.woff2`;
            if (bundle[`assets/${name}`] === undefined) this.emitFile({ type: "asset", fileName: `assets/${name}`, source });
            return `url(${name})`;
          });
        }
      },
    },
  };
}

export default defineConfig({
  base: "/_pawl/console/",
  plugins: [react(), fontFiles()],
  // What amazon-states-language-service brings along for Node.
  resolve: { alias: { "vscode-nls": fileURLToPath(new URL("src/editor/plain-messages.ts", import.meta.url)) } },
  worker: { format: "es" },
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
    // Everything that is the server's: only the console's own files come from here. Host stays as the page has it: the server
    // lets in only pages of its own origin.
    proxy: { "^/_pawl/(?!console/(?!api/))": { target: process.env.PAWL_URL ?? "http://127.0.0.1:4566", changeOrigin: false } },
  },
  test: { environment: "jsdom" },
});
