import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const outDir = fileURLToPath(new URL('dist/page', import.meta.url));

/** Packages are taken from their source, as the programs and the tests take them. The page is read by browsers alone. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), onlyForBrowsers(), compressed()],
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
  // The broker puts a fresh nonce in its place in every answer.
  html: { cspNonce: 'WRIT-NONCE' },
  build: {
    outDir,
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    // Everything is a file of its own: `data:` is outside of the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});

/** Stops the build where a module of Node would come into the page: it would fail there, on first use. */
function onlyForBrowsers(): Plugin {
  return {
    name: 'writ-only-for-browsers',
    enforce: 'pre',
    resolveId: (source) => {
      if (!source.startsWith('node:')) return null;
      // Left alone until the end: what nothing uses is dropped with its imports.
      return { id: source, external: true, moduleSideEffects: false };
    },
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        const found = chunk.type === 'chunk' ? chunk.imports.filter((name) => name.startsWith('node:')) : [];
        if (found.length > 0 && chunk.type === 'chunk')
          this.error(
            `${chunk.fileName} imports ${found.join(', ')}, through one of ${Object.keys(chunk.modules)
              .filter((id) => id.includes('/packages/'))
              .join(', ')}`,
          );
      }
    },
  };
}

const TEXT = /\.(js|css|html|svg|json)$/;

/** Writes each text once more by both encodings, so that the broker only reads files. */
function compressed(): Plugin {
  return {
    name: 'writ-compressed',
    async closeBundle() {
      const names = await readdir(outDir, { recursive: true });
      const texts = names.filter((name) => TEXT.test(name) && name !== 'index.html');
      await Promise.all(
        texts.map(async (name) => {
          const text = await readFile(join(outDir, name));
          await writeFile(join(outDir, `${name}.br`), await promisify(brotliCompress)(text));
          await writeFile(join(outDir, `${name}.gz`), await promisify(gzip)(text, { level: 9 }));
        }),
      );
    },
  };
}
