/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The floors of the module: stairs go one way. */
class ArchitectureTest {
    private static final String BASE = "io.github.dl4jdynamics.lca";
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void math_usesNothingButTheJdkAndGuava() {
        classes()
                .that()
                .resideInAPackage(BASE + ".math..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(BASE + ".math..", "java..", "com.google.common..")
                .check(classes);
    }

    @Test
    void nd4jFloor_knowsNoDeeplearning4j() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".nd4j..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.deeplearning4j..", "io.github.dl4jdynamics.spectral..", BASE + ".dump..")
                .check(classes);
    }

    @Test
    void dump_knowsNeitherNd4jNorDeeplearning4j() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".dump..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.deeplearning4j..", "org.nd4j.linalg..", "org.bytedeco..")
                .check(classes);
    }

    @Test
    void floors_doNotKnowTheListener() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + ".math..", BASE + ".nd4j..", BASE + ".dump..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE)
                .check(classes);
    }

    @Test
    void module_usesTheSharedPackagesAlone() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.github.dl4jdynamics..")
                        .and(not(resideInAnyPackage(
                                BASE + "..",
                                "io.github.dl4jdynamics.spectral.oracle..",
                                "io.github.dl4jdynamics.spectral.report.."))))
                .check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco.openblas..", "org.apache.commons.math3..")
                .check(classes);
    }

    @Test
    void classes_printNothing() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(classes);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(classes);
    }
}
