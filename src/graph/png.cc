// SPDX-License-Identifier: Apache-2.0
// The few functions of librsvg 2.46, Cairo 1.16, GObject and Fontconfig that it takes are declared
// here as their headers have them: all have been so for years, and building needs no headers of
// theirs.
#include "graph/png.h"

#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include "graph/graphviz.h"

namespace pawl::graph {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr double kScale = 2;
constexpr const char* kPackages = " (Debian: packages librsvg2-2 and fonts-dejavu-core)";

// <cairo.h>
struct CairoSurface;
struct Cairo;
using CairoWrite = int (*)(void* closure, const unsigned char* data, unsigned int length);
constexpr int kCairoFormatArgb32 = 0;
constexpr int kCairoSuccess = 0;
constexpr int kCairoWriteError = 11;

// <librsvg/rsvg.h>
struct RsvgHandle;
struct RsvgRectangle {
  double x, y, width, height;
};

// <fontconfig/fontconfig.h>
struct FontSet {
  int count;
  int capacity;
  void** fonts;
};
constexpr int kSystemFonts = 0;

struct Libraries {
  RsvgHandle* (*new_from_data)(const uint8_t* data, size_t length, void** error);
  int (*render_document)(RsvgHandle* handle, Cairo* cairo, const RsvgRectangle* viewport,
                         void** error);
  void (*unref)(void* object);
  CairoSurface* (*surface_create)(int format, int width, int height);
  int (*surface_status)(CairoSurface* surface);
  void (*surface_destroy)(CairoSurface* surface);
  int (*write_to_png_stream)(CairoSurface* surface, CairoWrite write, void* closure);
  Cairo* (*create)(CairoSurface* surface);
  void (*destroy)(Cairo* cairo);
  void* (*font_config)();
  FontSet* (*fonts)(void* config, int set);
};

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  if (library == nullptr) return false;
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

std::optional<Libraries> load() {
  const auto open = [](const char* name) { return dlopen(name, RTLD_NOW | RTLD_LOCAL); };
  void* const rsvg = open("librsvg-2.so.2");
  void* const objects = open("libgobject-2.0.so.0");
  void* const cairo = open("libcairo.so.2");
  void* const fonts = open("libfontconfig.so.1");
  Libraries found{};
  const bool is_complete =
      find(rsvg, "rsvg_handle_new_from_data", found.new_from_data) &&
      find(rsvg, "rsvg_handle_render_document", found.render_document) &&
      find(objects, "g_object_unref", found.unref) &&
      find(cairo, "cairo_image_surface_create", found.surface_create) &&
      find(cairo, "cairo_surface_status", found.surface_status) &&
      find(cairo, "cairo_surface_destroy", found.surface_destroy) &&
      find(cairo, "cairo_surface_write_to_png_stream", found.write_to_png_stream) &&
      find(cairo, "cairo_create", found.create) && find(cairo, "cairo_destroy", found.destroy) &&
      find(fonts, "FcConfigGetCurrent", found.font_config) &&
      find(fonts, "FcConfigGetFonts", found.fonts);
  if (!is_complete) return std::nullopt;
  return found;
}

Result<const Libraries*> libraries() {
  static const std::optional<Libraries> kLoaded = load();
  if (!kLoaded) {
    return Error(ErrorKind::Unsupported,
                 std::string("librsvg is needed to make a PNG, and its libraries cannot be "
                             "loaded") +
                     kPackages + "; SVG needs none.");
  }
  return &*kLoaded;
}

int append(void* closure, const unsigned char* data, unsigned int length) {
  auto& out = *static_cast<std::string*>(closure);
  // 256 MB of pixels make no longer file.
  if (out.size() + length > (size_t{1} << 30)) return kCairoWriteError;
  out.append(reinterpret_cast<const char*>(data), length);
  return kCairoSuccess;
}

/// Frees what it holds by the function it is given.
template <typename Object, typename Free>
class Owned {
 public:
  Owned(Object* object, Free free) : object_(object), free_(free) {}
  ~Owned() {
    if (object_ != nullptr) free_(object_);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Object* get() const { return object_; }

 private:
  Object* object_;
  Free free_;
};

/// `viewport`: the picture's size in pixels, which may end within the last one.
Result<std::string> draw(const Libraries& library, std::string_view svg,
                         const RsvgRectangle& viewport) {
  const FontSet* const fonts = library.fonts(library.font_config(), kSystemFonts);
  if (fonts == nullptr || fonts->count == 0) {
    return Error(ErrorKind::Unsupported,
                 std::string("There is no font to write with") + kPackages + ".");
  }
  const Owned handle(
      library.new_from_data(reinterpret_cast<const uint8_t*>(svg.data()), svg.size(), nullptr),
      library.unref);
  if (handle.get() == nullptr) return Error(ErrorKind::InvalidSyntax, "librsvg cannot read this");
  const Owned surface(library.surface_create(kCairoFormatArgb32, static_cast<int>(viewport.width),
                                             static_cast<int>(viewport.height)),
                      library.surface_destroy);
  if (library.surface_status(surface.get()) != kCairoSuccess) {
    return Error(ErrorKind::LimitExceeded, "There is not enough memory for the picture.");
  }
  {
    const Owned cairo(library.create(surface.get()), library.destroy);
    if (library.render_document(handle.get(), cairo.get(), &viewport, nullptr) == 0) {
      return Error(ErrorKind::InvalidSyntax, "librsvg cannot draw this");
    }
  }
  std::string png;
  if (library.write_to_png_stream(surface.get(), append, &png) != kCairoSuccess) {
    return Error(ErrorKind::LimitExceeded, "Cairo cannot write the picture.");
  }
  return png;
}

}  // namespace

double png_scale(double width, double height) {
  return std::min({kScale, kPngSideMax / width, kPngSideMax / height,
                   std::sqrt(kPngPixelsMax / (width * height))});
}

Result<std::string> to_png(std::string_view svg, const PngOptions& options) {
  const double width = std::max(options.width * options.scale + 0.001, 1.0);
  const double height = std::max(options.height * options.scale + 0.001, 1.0);
  const double columns = std::floor(width);
  const double rows = std::floor(height);
  if (!(columns <= kPngSideMax && rows <= kPngSideMax && columns * rows <= kPngPixelsMax)) {
    return Error(ErrorKind::LimitExceeded,
                 "The picture would have more than 32,000 pixels a side or 64 million in all: a "
                 "smaller --scale or SVG helps.");
  }
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const ExpectedLeaks leaks;  // what Fontconfig, Pango and GLib keep for the next time
  const Libraries* const library = PAWL_TRY(libraries());
  return draw(*library, svg, {0, 0, width, height});
}

}  // namespace pawl::graph
