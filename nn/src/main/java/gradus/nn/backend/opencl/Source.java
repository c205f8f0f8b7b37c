package gradus.nn.backend.opencl;

import gradus.nn.DType;
import gradus.nn.backend.Fn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The text of a program in OpenCL C; sources that are equal have the same text. */
interface Source {

    /** The kernel in it. */
    String entry();

    String text();

    /** A file that lies beside this class, after these definitions. */
    record File(String name, String entry, DType real, String definitions) implements Source {
        @Override
        public String text() {
            return preamble(real) + definitions + resource(name);
        }
    }

    /** What {@code real} is, and that products and sums are rounded one by one. */
    static String preamble(DType real) {
        return (real == DType.FLOAT64 ? "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n" : "")
                + "#pragma OPENCL FP_CONTRACT OFF\ntypedef " + word(real) + " real;\n";
    }

    /** The type's name in OpenCL C. */
    static String word(DType type) {
        return switch (type) {
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
            case INT32 -> "int";
        };
    }

    /** A file that lies beside this class. */
    static String resource(String name) {
        try (InputStream file = Source.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A scalar function's name in {@code functions.cl}. */
    static String function(Fn f) {
        return "fn_" + f.name().toLowerCase(Locale.ROOT);
    }
}
