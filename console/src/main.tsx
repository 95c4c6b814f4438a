// SPDX-License-Identifier: Apache-2.0
// The page begins here.
import "@cloudscape-design/global-styles/index.css";
import "./app/colors.css";
import "./app/layout.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { applyTheme } from "./app/theme";
import { makeRouter } from "./app/routes";

applyTheme();
const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <RouterProvider router={makeRouter()} />
    </StrictMode>,
  );
