// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test an installation of its own, and stops its processes afterwards. */
final class FakeInstallationExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(FakeInstallationExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == FakeInstallation.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        FakeInstallation installation = FakeInstallation.create();
        ExtensionContext.Store.CloseableResource close = installation::close;
        test.getStore(NAMESPACE).put("close", close);
        return installation;
    }
}
