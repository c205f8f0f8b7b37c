package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.MimeBundle;
import java.util.List;

/** Cells in other languages that the browser shows. */
final class TextMagics {

    static final List<Magic> ALL = List.of(
            shown("html", MimeBundle.HTML, "HTML"),
            shown("markdown", MimeBundle.MARKDOWN, "Markdown, with formulas between dollar signs"),
            shown("latex", MimeBundle.LATEX, "LaTeX: formulas between dollar signs, and equation environments"),
            shown("javascript", "application/javascript", "JavaScript, which runs in the browser"),
            shown("svg", "image/svg+xml", "SVG, a drawing"));

    private TextMagics() {
    }

    private static Magic shown(String name, String type, String language) {
        return BuiltIn.cell(name, "%%" + name + "\nShows the cell as " + language + ".", (arguments, body, session) -> {
            Arguments.of("%%" + name, arguments).none();
            return MimeBundle.text(body).with(type, body);
        });
    }
}
