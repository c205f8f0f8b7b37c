package gradus.nn.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.Tensor;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adds the operation that the README adds, as it stands there, and checks it as all others are checked. */
class AddedOperationTest {

    @Test
    void theReadmesOperationHoldsWhatAllHold(@TempDir Path folder) throws Exception {
        var op = compiled(folder, snippet());
        assertEquals("bentIdentity", op.name());
        assertArrayEquals(new double[] {0, (Math.sqrt(2) - 1) / 2 + 1},
                Tensor.apply(op, Tensor.of(0, 1).as(gradus.nn.DType.FLOAT64)).toDoubleArray(), 1e-15);
        var all = new OpDbTest();
        all.equalParametersMakeEqualOperations(op);
        all.theShapeRuleTellsTheResultsShape(op);
        all.float32IsFloat64UpToRounding(op);
        all.theVectorJacobianProductIsTheDerivative(op);
        all.theVectorJacobianProductIsDifferentiable(op);
        all.theFormulaGivesTheResult(op);
        all.theBackwardFormulaGivesTheVectorJacobianProduct(op);
        all.theLocalDerivativeIsTheGradientForOnesWhereElementsStayApart(op);
        all.everyFormulaIsThereAndBalanced(op);
        all.misfitsAreRefusedWithAReason(op);
    }

    private static String snippet() throws Exception {
        var readme = Files.readString(Path.of("..", "README.md"));
        var block = Pattern.compile("## Add an operation.*?```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
        block.find();
        return block.group(1);
    }

    private static Op compiled(Path folder, String record) throws Exception {
        var source = folder.resolve("BentIdentity.java");
        Files.writeString(source, "package gradus.nn.op;\nimport gradus.nn.backend.Expr;\n" + record);
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-classpath", System.getProperty("java.class.path"), "-d", folder.toString(), "-proc:none");
            assertEquals(true, compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(source)).call());
        }
        var type = MethodHandles.lookup().defineClass(Files.readAllBytes(folder.resolve("gradus/nn/op/BentIdentity.class")));
        return (Op) type.getDeclaredConstructor().newInstance();
    }
}
